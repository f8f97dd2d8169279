import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { activeProfile, wantsNoInspector } from '../arguments.js';
import { askTarget, askUrl } from '../askTarget.js';
import type { CommandId } from '../contributions.js';
import type { InspectorPanels } from '../inspector/panels.js';
import { showWhenReady } from '../inspector/showWhenReady.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';
import { ProbeTarget } from '../target/probeTarget.js';
import type { RecentUrls } from '../recentUrls.js';
import { type Target, parseTarget } from '../target/targets.js';
import { askTool, commandFor, type CopyParts, readTool } from './copyAs.js';
import { outgoingOf } from '../../core/payload/outgoing.js';
import { parsePayload } from './composition.js';
import { SessionHandle } from './sessionHandle.js';
import { givenSession, pickSession } from './pickSession.js';
import type { ExportedLog, Recordings } from './recordings.js';
import type { Sessions } from './sessions.js';

export interface SessionCommandParts {
  readonly sessions: Sessions;
  readonly probes: Probes;
  readonly panels: InspectorPanels;
  readonly copying: CopyParts;
  readonly recordings: () => Promise<Recordings>;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
}

/** What code gets for a connection. */
export interface ConnectedSession {
  readonly sessionId: string;
}

/** The commands about sessions. Called with arguments they ask nothing, but whether a secret may go to a new host, and return their result. */
export class SessionCommands {
  readonly #parts: SessionCommandParts;

  constructor(parts: SessionCommandParts) {
    this.#parts = parts;
  }

  /** For code: connects and opens nothing. A connection that failed is a session too, one that has ended. */
  async connectSilently(argument: unknown): Promise<ConnectedSession> {
    const { probes, sessions } = this.#parts;
    const { id } = await sessions.connect(probes.get(parseTarget(argument)), { ask: false });
    return { sessionId: id };
  }

  /** "Connect…": asks for a target, or takes the one given; shows the inspector unless told `{ inspector: false }`. */
  async connect(argument: unknown, options: unknown): Promise<ConnectedSession | undefined> {
    const { sessions, panels, probes, index, recent } = this.#parts;
    if (argument !== undefined) {
      if (wantsNoInspector(options)) return this.connectSilently(argument);
      const subject = probes.get(parseTarget(argument));
      const onReady = () => panels.open(subject, { preserveFocus: true });
      const { id } = await sessions.connect(subject, { ask: false, onReady });
      return { sessionId: id };
    }
    const sources = { recentUrls: () => recent.list(), profiles: () => index.list() };
    const target = await askTarget(sources, 'connect');
    if (!target) return undefined;
    if (target !== 'new-profile') return this.#show(target);
    await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
    return undefined;
  }

  /** From a menu, a lens or a tree: connects for a person who watches. */
  async connectProfiles(argument: unknown, selection: unknown): Promise<void> {
    const chosen = Array.isArray(selection) && selection.length > 1 ? selection : [argument ?? activeProfile()];
    await Promise.all(chosen.map((one) => this.#show(parseTarget(one))));
  }

  /** From a panel. */
  async connectSubject(subject: ProbeTarget): Promise<void> {
    if (!subject.isIncomplete) {
      await this.#parts.sessions.connect(subject, { ask: true });
      return;
    }
    const typed = await askUrl(subject.url, vscode.l10n.t('The credentials of this URL were not kept'));
    if (typed !== undefined) await this.#show({ kind: 'url', url: typed.trim() });
  }

  /** Sends a payload as a profile writes it; without one a person types a text. Returns how many bytes were sent. */
  async send(argument: unknown, payload: unknown): Promise<{ readonly bytes: number } | undefined> {
    const { sessions } = this.#parts;
    const isByPerson = argument === undefined || argument instanceof SessionHandle;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Send to which session?'), isLive);
    if (!session) return undefined;
    if (!isByPerson) return sessions.send(session, outgoingOf(parsePayload(payload)), false);
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t('Send to {0}', session.snapshot.name),
      placeHolder: vscode.l10n.t('A text; the composer of the inspector has more forms'),
      value:
        sessions.subjectOf(session).session.sent.find(({ format }) => format === 'text' || format === 'json')
          ?.content ?? '',
      ignoreFocusOut: true,
    });
    return typed === undefined ? undefined : sessions.send(session, outgoingOf(typed), true);
  }

  /** Sends a message that was sent before once more: that of a row, by its id, or the last one. */
  async resend(argument: unknown, id: unknown): Promise<{ readonly bytes: number } | undefined> {
    const { sessions } = this.#parts;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Send again in which session?'), isLive);
    // From a menu, what was selected beside it comes as the second argument.
    return session && sessions.request(session, 'sessionResend', { id: typeof id === 'number' ? id : undefined });
  }

  async ping(argument: unknown): Promise<void> {
    const { sessions } = this.#parts;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Ping which session?'), isLive);
    if (session) await sessions.request(session, 'sessionPing', { payload: '' });
  }

  async close(argument: unknown, code: unknown, reason: unknown): Promise<void> {
    const { sessions } = this.#parts;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Close which session?'), isLive);
    if (!session) return;
    const isRow = argument instanceof SessionHandle;
    await sessions.request(session, 'sessionClose', isRow ? readClose(1000, '') : readClose(code, reason));
  }

  async reconnect(argument: unknown): Promise<void> {
    const { sessions } = this.#parts;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Reconnect which session?'), isOwn);
    if (!session) return;
    if (session.isLost || session.isRemnant)
      await sessions.connect(sessions.subjectOf(session), { ask: argument instanceof SessionHandle });
    else await sessions.reconnect(session);
  }

  /** With an id alone it writes where recordings go; for a person it asks. */
  async export(argument: unknown, path: unknown): Promise<ExportedLog | undefined> {
    const { sessions, recordings } = this.#parts;
    const isByPerson = argument === undefined || argument instanceof SessionHandle;
    const session = await pickSession(sessions, argument, vscode.l10n.t('Export which session?'));
    if (!session) return undefined;
    if (isByPerson && typeof path !== 'string') return (await recordings()).askAndExport(session);
    if (path === undefined || typeof path === 'string') return (await recordings()).export(session, path);
    if (path instanceof vscode.Uri) return (await recordings()).export(session, path.fsPath);
    throw new ProbeError('export.path', vscode.l10n.t('The place of an export is a path.'));
  }

  async forget(argument: unknown): Promise<void> {
    await this.#parts.sessions.forget(givenSession(this.#parts.sessions, argument));
  }

  /** The command line of another tool for a target or a session; code gets it, a person finds it in the clipboard. */
  async copyAs(argument: unknown, tool: unknown): Promise<string | undefined> {
    const { copying } = this.#parts;
    if (tool !== undefined) return commandFor(copying, this.#subjectOf(argument), readTool(tool), false);
    const subject = await this.#askSubject(argument);
    const chosen = subject && (await askTool());
    if (!chosen) return undefined;
    const text = await commandFor(copying, subject, chosen, true);
    await vscode.env.clipboard.writeText(text);
    return text;
  }

  async #askSubject(argument: unknown): Promise<ProbeTarget | undefined> {
    if (argument !== undefined) return this.#subjectOf(argument);
    const { probes, index, recent, sessions } = this.#parts;
    const profile = activeProfile();
    if (profile) return probes.get({ kind: 'file', uri: profile });
    if (sessions.open.some(isOwn)) {
      const picked = await pickSession(sessions, undefined, vscode.l10n.t('Copy which session?'), isOwn);
      return picked && sessions.subjectOf(picked);
    }
    const target = await askTarget({ recentUrls: () => recent.list(), profiles: () => index.list() }, 'connect');
    return target === undefined || target === 'new-profile' ? undefined : probes.get(target);
  }

  #subjectOf(argument: unknown): ProbeTarget {
    const { sessions, probes } = this.#parts;
    if (argument instanceof ProbeTarget) return argument;
    if (argument instanceof SessionHandle) return sessions.subjectOf(argument);
    if (typeof argument === 'string' && /^[\da-f]{8}-[\da-f-]{27}$/.test(argument))
      return sessions.subjectOf(sessions.find(argument));
    return probes.get(parseTarget(argument));
  }

  #show(target: Target): Promise<ConnectedSession | undefined> {
    const { sessions, probes } = this.#parts;
    const subject = probes.get(target);
    return showWhenReady(subject, this.#parts, async (onReady) => {
      const { id } = await sessions.connect(subject, { ask: true, onReady });
      return { sessionId: id };
    });
  }
}

function isLive({ isLive: live, isObserved }: SessionHandle): boolean {
  return live && !isObserved;
}

function isOwn({ isObserved }: SessionHandle): boolean {
  return !isObserved;
}

function readClose(code: unknown, reason: unknown): { readonly code: number; readonly reason: string } {
  const number = code ?? 1000;
  const text = reason ?? '';
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 65_535) {
    if (typeof text === 'string' && Buffer.byteLength(text) <= 123) return { code: number, reason: text };
  }
  throw new ProbeError(
    'close.invalid',
    vscode.l10n.t('A close has a code from 0 to 65535 and a reason of 123 bytes at most.'),
  );
}
