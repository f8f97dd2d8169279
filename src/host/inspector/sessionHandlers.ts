import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Handlers } from '../../protocol/channel.js';
import type { InspectorSessionRequests } from '../../protocol/inspector.js';
import type { LogMode, OutgoingMessage } from '../../protocol/session.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import { withSecrets } from '../sessions/composition.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import type { Acts, SessionMethod, Sessions } from '../sessions/sessions.js';
import type { Check } from './checks.js';
import type { PanelViews } from './panelViews.js';
import { SESSION_CHECKS } from './sessionChecks.js';

/** What a session's panel asks of the rest of the host; each is one permitted act of the webview. */
export interface SessionActions {
  readonly connect: (subject: ProbeTarget) => Promise<unknown>;
  readonly record: (session: SessionHandle, on: boolean) => Promise<unknown>;
  readonly exportLog: (session: SessionHandle, format: 'wsrec' | 'har' | 'jsonl') => Promise<unknown>;
  readonly copyAs: (subject: ProbeTarget, tool: string) => Promise<unknown>;
  readonly openPayload: (session: SessionHandle, id: number, mode: LogMode) => Promise<unknown>;
  readonly savePayload: (session: SessionHandle, id: number, mode: LogMode) => Promise<unknown>;
  readonly comparePayloads: (session: SessionHandle, ids: readonly [number, number], mode: LogMode) => Promise<unknown>;
  readonly openAsText: (session: SessionHandle, viewId: number) => Promise<unknown>;
  readonly pickFile: () => Promise<string | null>;
}

export interface SessionHandlerParts {
  readonly subject: ProbeTarget;
  readonly sessions: Sessions;
  readonly views: PanelViews;
  readonly actions: SessionActions;
}

/** Answers a page's requests about its session: each is checked, then carried out on the session of the page's own target. */
export function sessionHandlers(parts: SessionHandlerParts): Handlers<InspectorSessionRequests> {
  const { subject, sessions, views, actions } = parts;
  const log = () => currentSession(subject);
  const live = () => liveSession(subject);
  const checks = SESSION_CHECKS;

  const relay =
    <M extends SessionMethod>(method: M, check: Check<Acts<M>>, session: () => SessionHandle = live) =>
    async (params: unknown) =>
      sessions.request(session(), method, check(params));

  /** Runs `act` on checked parameters; what it gives back stays here. */
  const act =
    <P>(check: Check<P>, run: (params: P) => unknown) =>
    async (params: unknown) => {
      await run(check(params));
      return null;
    };

  const ready = (session: SessionHandle, message: OutgoingMessage) => {
    if (message.format === 'file' && !session.files.has(message.content)) {
      throw new ProbeError('file.not-chosen', vscode.l10n.t('Choose the file with the button: it can be sent then.'));
    }
    return withSecrets(message, session.secrets);
  };

  return {
    connect: act(checks.connect, () => actions.connect(subject)),
    send: async (params) => {
      const { message } = checks.send(params);
      ready(live(), message);
      return sessions.send(live(), message, true);
    },
    repeat: async (params) => {
      const { message, ...rest } = checks.repeat(params);
      const session = live();
      await sessions.request(session, 'sessionRepeat', { ...rest, message: ready(session, message) });
      sessions.remember(session, message);
      return null;
    },
    stopRepeat: relay('sessionStopRepeat', checks.stopRepeat),
    sendRaw: async (params) => {
      const { frame } = checks.sendRaw(params);
      const session = live();
      const payload = ready(session, frame.payload);
      return sessions.request(session, 'sessionSendRaw', { frame: { ...frame, payload } });
    },
    ping: relay('sessionPing', checks.ping),
    pong: relay('sessionPong', checks.pong),
    close: relay('sessionClose', checks.close),
    terminate: relay('sessionTerminate', checks.terminate),
    halfClose: relay('sessionHalfClose', checks.halfClose),
    reconnect: act(checks.reconnect, () => {
      const session = live();
      return session.isLost ? actions.connect(subject) : sessions.reconnect(session);
    }),
    pause: relay('sessionPause', checks.pause),
    refusePong: relay('sessionRefusePong', checks.refusePong),
    clear: relay('sessionClear', checks.clear),
    mark: relay('sessionMark', checks.mark, log),
    operations: relay('sessionOperations', checks.operations, log),
    viewOpen: (params) => views.add(sessions.request(log(), 'viewOpen', checks.viewOpen(params))),
    viewClose: act(checks.viewClose, ({ viewId }) => views.close(viewId)),
    viewRows: async (params) => {
      const asked = checks.viewRows(params);
      views.require(asked.viewId);
      return sessions.requestView('viewRows', asked);
    },
    viewFind: async (params) => {
      const asked = checks.viewFind(params);
      views.require(asked.viewId);
      return sessions.requestView('viewFind', asked);
    },
    viewRowOf: async (params) => {
      const asked = checks.viewRowOf(params);
      views.require(asked.viewId);
      return sessions.requestView('viewRowOf', asked);
    },
    viewPayload: relay('viewPayload', checks.viewPayload, log),
    viewDecoded: relay('viewDecoded', checks.viewDecoded, log),
    filterComplete: async (params) => sessions.requestView('filterComplete', checks.filterComplete(params)),
    record: act(checks.record, ({ on }) => actions.record(live(), on)),
    exportLog: act(checks.exportLog, ({ format }) => actions.exportLog(log(), format)),
    copyAs: act(checks.copyAs, ({ tool }) => actions.copyAs(subject, tool)),
    openPayload: act(checks.openPayload, ({ id, mode }) => actions.openPayload(log(), id, mode)),
    savePayload: act(checks.savePayload, ({ id, mode }) => actions.savePayload(log(), id, mode)),
    comparePayloads: act(checks.comparePayloads, ({ ids, mode }) => actions.comparePayloads(log(), ids, mode)),
    openAsText: act(checks.openAsText, ({ viewId }) => {
      views.require(viewId);
      return actions.openAsText(log(), viewId);
    }),
    pickFile: async () => {
      const { files } = live();
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

function liveSession(subject: ProbeTarget): SessionHandle {
  const session = currentSession(subject);
  if (!session.isRecording) return session;
  throw new ProbeError('session.recording', vscode.l10n.t('This is a recording: it can be read, not sent to.'));
}
