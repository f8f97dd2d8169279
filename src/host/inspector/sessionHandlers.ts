import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Handlers } from '../../protocol/channel.js';
import { type HostActName, type InspectorSessionRequests, PANEL_ACTS } from '../../protocol/acts.js';
import type { Check } from '../../protocol/checks.js';
import type { LogMode, OutgoingMessage } from '../../protocol/session.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import type { SessionMethod, Sessions, ViewMethod } from '../sessions/sessions.js';
import type { PanelViews } from './panelViews.js';

/** What a session's panel asks of the rest of the host; each is one permitted act of the webview. */
export interface SessionActions {
  readonly connect: (subject: ProbeTarget) => Promise<unknown>;
  readonly record: (session: SessionHandle, on: boolean) => Promise<unknown>;
  readonly exportLog: (session: SessionHandle, format: 'wsrec' | 'har' | 'jsonl') => Promise<unknown>;
  readonly learnContract: (session: SessionHandle) => unknown;
  readonly holdContract: (session: SessionHandle) => unknown;
  readonly copyAs: (subject: ProbeTarget, tool: string) => Promise<unknown>;
  readonly openPayload: (session: SessionHandle, id: number, mode: LogMode) => Promise<unknown>;
  readonly savePayload: (session: SessionHandle, id: number, mode: LogMode) => Promise<unknown>;
  readonly comparePayloads: (session: SessionHandle, ids: readonly [number, number], mode: LogMode) => Promise<unknown>;
  readonly openAsText: (session: SessionHandle, viewId: number) => Promise<unknown>;
  readonly saveConversation: (
    session: SessionHandle,
    choice: { readonly filter: string; readonly between: readonly [number, number] | null },
  ) => Promise<unknown>;
  readonly pickFile: () => Promise<string | null>;
}

export interface SessionHandlerParts {
  readonly subject: ProbeTarget;
  readonly sessions: Sessions;
  readonly views: PanelViews;
  readonly actions: SessionActions;
}

type PageHandlers = Handlers<InspectorSessionRequests>;
/** What the host answers itself: what the engine never hears of, and acts that need more than a relay. */
type OwnHandlers = Pick<PageHandlers, HostActName> & Partial<PageHandlers>;
type Relays = Omit<PageHandlers, HostActName>;

/** Answers a page's requests about its session: each is checked, then carried out on the session of the page's own target. */
export function sessionHandlers(parts: SessionHandlerParts): PageHandlers {
  return { ...relays(parts), ...ownHandlers(parts) };
}

/** Acts that pass on as they came, to the session or the view that they may be about. */
function relays({ subject, sessions, views }: SessionHandlerParts): Relays {
  const relay = ({ scope, check, method }: (typeof PANEL_ACTS)[keyof Relays]) => {
    return async (params: unknown): Promise<unknown> => {
      const handle = scope === 'session' ? liveSession(subject) : scope === 'log' ? currentSession(subject) : null;
      const asked = check(params);
      if (handle) return sessions.request(handle, method as SessionMethod, asked);
      if (scope === 'view') views.require((asked as { readonly viewId: number }).viewId);
      return sessions.requestView(method as ViewMethod, asked as never);
    };
  };
  const passedOn = Object.entries(PANEL_ACTS).flatMap(([name, act]) =>
    act.scope === 'host' ? [] : [[name, relay(act)] as const],
  );
  return Object.fromEntries(passedOn) as unknown as Relays;
}

function ownHandlers({ subject, sessions, views, actions }: SessionHandlerParts): OwnHandlers {
  const log = () => currentSession(subject);
  const live = () => liveSession(subject);

  /** Runs `act` on checked parameters; what it gives back stays here. */
  const act =
    <P>({ check }: { readonly check: Check<P> }, run: (params: P) => unknown) =>
    async (params: unknown) => {
      await run(check(params));
      return null;
    };

  const requireChosen = (session: SessionHandle, message: OutgoingMessage) => {
    if (message.format === 'file' && !session.files.has(message.content)) {
      throw new ProbeError('file.not-chosen', vscode.l10n.t('Choose the file with the button: it can be sent then.'));
    }
  };

  return {
    connect: act(PANEL_ACTS.connect, () => actions.connect(subject)),
    send: async (params) => {
      const { message } = PANEL_ACTS.send.check(params);
      requireChosen(live(), message);
      return sessions.send(live(), message, true);
    },
    repeat: act(PANEL_ACTS.repeat, async ({ message, ...rest }) => {
      const session = live();
      requireChosen(session, message);
      await sessions.request(session, 'sessionRepeat', { ...rest, message });
      sessions.remember(session, message);
    }),
    sendRaw: act(PANEL_ACTS.sendRaw, ({ frame }) => {
      const session = live();
      requireChosen(session, frame.payload);
      return sessions.request(session, 'sessionSendRaw', { frame });
    }),
    tapInject: async (params) => {
      const asked = PANEL_ACTS.tapInject.check(params);
      const session = log();
      requireChosen(session, asked.message);
      const sent = await sessions.request(session, 'tapInject', asked);
      sessions.remember(session, asked.message);
      return sent;
    },
    tapRelease: act(PANEL_ACTS.tapRelease, (asked) => {
      if (typeof asked.fate !== 'string') requireChosen(log(), asked.fate);
      return sessions.request(log(), 'tapRelease', asked);
    }),
    tapAct: act(PANEL_ACTS.tapAct, ({ name }) => vscode.commands.executeCommand(`wsprobe.tap.${name}`, log())),
    clear: act(PANEL_ACTS.clear, () => sessions.request(growingSession(subject), 'sessionClear', {})),
    reconnect: act(PANEL_ACTS.reconnect, () => {
      if (log().isRemnant) return actions.connect(subject);
      const session = live();
      return session.isLost ? actions.connect(subject) : sessions.reconnect(session);
    }),
    viewOpen: (params) => views.add(sessions.request(log(), 'viewOpen', PANEL_ACTS.viewOpen.check(params))),
    viewClose: act(PANEL_ACTS.viewClose, ({ viewId }) => views.close(viewId)),
    record: act(PANEL_ACTS.record, ({ on }) => actions.record(growingSession(subject), on)),
    exportLog: act(PANEL_ACTS.exportLog, ({ format }) => actions.exportLog(log(), format)),
    learnContract: act(PANEL_ACTS.learnContract, () => actions.learnContract(log())),
    holdContract: act(PANEL_ACTS.holdContract, () => actions.holdContract(log())),
    copyAs: act(PANEL_ACTS.copyAs, ({ tool }) => actions.copyAs(subject, tool)),
    openPayload: act(PANEL_ACTS.openPayload, ({ id, mode }) => actions.openPayload(log(), id, mode)),
    savePayload: act(PANEL_ACTS.savePayload, ({ id, mode }) => actions.savePayload(log(), id, mode)),
    comparePayloads: act(PANEL_ACTS.comparePayloads, ({ ids, mode }) => actions.comparePayloads(log(), ids, mode)),
    openAsText: act(PANEL_ACTS.openAsText, ({ viewId }) => {
      views.require(viewId);
      return actions.openAsText(log(), viewId);
    }),
    saveConversation: act(PANEL_ACTS.saveConversation, ({ filter, between }) =>
      actions.saveConversation(log(), { filter, between: between ?? null }),
    ),
    pickFile: async () => {
      const { files } = growingSession(subject);
      const path = await actions.pickFile();
      if (path === null) return null;
      files.add(path);
      return { path };
    },
  };
}

function currentSession({ session: { handle } }: ProbeTarget): SessionHandle {
  if (handle) return handle;
  throw new ProbeError('session.none', vscode.l10n.t('There is no session: connect first.'));
}

/** Something may still be added to its log. */
function growingSession(subject: ProbeTarget): SessionHandle {
  const session = currentSession(subject);
  if (!session.isRecording) return session;
  throw readOnlyError();
}

function liveSession(subject: ProbeTarget): SessionHandle {
  const session = growingSession(subject);
  if (!session.isObserved) return session;
  throw new ProbeError('session.observed', vscode.l10n.t('Connections of another program: wsprobe only listens.'));
}

function readOnlyError(): ProbeError {
  return new ProbeError('session.recording', vscode.l10n.t('This is a recording: it can be read, not sent to.'));
}
