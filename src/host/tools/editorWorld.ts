import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { CloseInfo, Report } from '../../core/base/model.js';
import { Redactor } from '../../core/redaction/redactor.js';
import type { ToolCall, ToolWorld } from '../../core/tools/callTool.js';
import type { ToolTarget } from '../../core/tools/toolInput.js';
import type { Preparer } from '../prepare.js';
import type { Probes } from '../probes.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import type { Sessions } from '../sessions/sessions.js';
import { ProbeTarget } from '../target/probeTarget.js';
import type { RunKind } from '../target/targetRun.js';
import type { Target } from '../target/targets.js';
import type { Addresses } from './confirmations.js';

export interface EditorWorldParts {
  readonly probes: Probes;
  readonly sessions: Sessions;
  readonly preparer: Pick<Preparer, 'describe'>;
  readonly index: Pick<ProfileIndex, 'list'>;
}

const MAX_SESSIONS = 8;
/** For the peer to answer a Close frame. */
const PATIENCE_MS = 5_000;

/** What tools act upon in a window: its probes and sessions, as a person sees them, with the same guard, trust and consents. */
export class EditorWorld implements ToolWorld, Addresses {
  readonly #parts: EditorWorldParts;
  /** Those that tools have opened: a person's own are none of a model's business. */
  readonly #opened = new Set<string>();

  constructor(parts: EditorWorldParts) {
    this.#parts = parts;
  }

  readonly probe: ToolWorld['probe'] = (target, call) => this.#run(target, 'probe', call);

  readonly findCure: ToolWorld['findCure'] = (target, call) => this.#run(target, 'differential', call);

  readonly connect: ToolWorld['connect'] = async (target, { signal }) => {
    const { sessions } = this.#parts;
    await this.#makeRoom();
    // One of its own: the same target may have a session that a person talks through.
    const subject = new ProbeTarget(await this.#targetOf(target));
    const giveUp = () => {
      if (subject.session.handle) void sessions.forget(subject.session.handle);
    };
    signal.addEventListener('abort', giveUp);
    try {
      const session = await sessions.connect(subject, { ask: false });
      const isOpen = session.snapshot.state === 'open';
      const { report } = subject.run;
      if (!report) throw new ProbeError('session.no-report', vscode.l10n.t('The connection has no report.'));
      if (isOpen && !signal.aborted) this.#opened.add(session.id);
      else await sessions.forget(session);
      return { sessionId: session.id, isOpen, report };
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };

  readonly send: ToolWorld['send'] = async (sessionId, message) => {
    const { sessions } = this.#parts;
    const session = this.#find(sessionId);
    const { bytes } = await sessions.send(session, message, false);
    return { bytes, row: await sessions.request(session, 'sessionSentRow', {}) };
  };

  readonly readRows: ToolWorld['readRows'] = async (sessionId, asked) => {
    const session = this.#find(sessionId);
    const read = await this.#parts.sessions.request(session, 'sessionRead', asked);
    return { read, state: session.snapshot.state };
  };

  readonly close: ToolWorld['close'] = async (sessionId, code, reason) => {
    const { sessions } = this.#parts;
    const session = this.#find(sessionId);
    await sessions.request(session, 'sessionClose', { code, reason });
    const end = await this.#endOf(session);
    this.#opened.delete(sessionId);
    await sessions.forget(session);
    return end;
  };

  /** Redacted. A profile that cannot be read yet is named by its path. */
  async addressOf(target: ToolTarget): Promise<string> {
    if (target.url !== null) return new Redactor([]).url(target.url);
    try {
      return (await this.#parts.preparer.describe(await this.#targetOf(target), { ask: false })).url;
    } catch {
      return target.profile ?? '';
    }
  }

  addressOfSession(sessionId: string): string {
    return this.#opened.has(sessionId) ? this.#parts.sessions.find(sessionId).snapshot.url : sessionId;
  }

  async #run(asked: ToolTarget, kind: RunKind, { signal }: ToolCall): Promise<Report> {
    const { probes } = this.#parts;
    const subject = probes.get(await this.#targetOf(asked));
    const cancel = () => probes.cancel(subject);
    signal.addEventListener('abort', cancel);
    try {
      signal.throwIfAborted();
      return await probes.run(subject, { ask: false, kind });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async #targetOf({ url, profile, environment, over }: ToolTarget): Promise<Target> {
    const isPlain = Object.keys(over).length === 0;
    if (url !== null) return isPlain ? { kind: 'url', url } : { kind: 'inline', profile: { ...over, url } };
    const uri = await this.#profileAt(profile ?? '');
    return { kind: 'file', uri, ...(environment === null ? {} : { environment }), ...(isPlain ? {} : { over }) };
  }

  /** One of the workspace's own, by its path there or on the disk. */
  async #profileAt(path: string): Promise<vscode.Uri> {
    const all = await this.#parts.index.list();
    const wanted = path.replaceAll('\\', '/').replace(/^\.\//, '');
    const found = all.filter((uri) => pathsOf(uri).includes(wanted));
    if (found[0]) return found[0];
    const known = all.slice(0, 20).map((uri) => vscode.workspace.asRelativePath(uri));
    throw new ProbeError(
      'tool.no-profile',
      vscode.l10n.t('There is no profile {0} in this workspace.', JSON.stringify(path.slice(0, 200))),
      {
        hint: known.length === 0 ? vscode.l10n.t('It has none.') : vscode.l10n.t('Known: {0}', known.join(', ')),
      },
    );
  }

  #find(sessionId: string): SessionHandle {
    if (this.#opened.has(sessionId)) return this.#parts.sessions.find(sessionId);
    throw new ProbeError('session.unknown', vscode.l10n.t('There is no session "{0}".', sessionId.slice(0, 80)), {
      hint: vscode.l10n.t('Open one with wsprobe_connect.'),
    });
  }

  /** Those that have ended make room for new ones, the oldest first; so do those that a person has let go of. */
  async #makeRoom(): Promise<void> {
    const { sessions } = this.#parts;
    const kept = new Map(sessions.all.map((session) => [session.id, session]));
    for (const id of this.#opened) if (!kept.has(id)) this.#opened.delete(id);
    if (this.#opened.size < MAX_SESSIONS) return;
    const ended = [...this.#opened].map((id) => kept.get(id)).find((session) => session?.isLive === false);
    if (!ended)
      throw new ProbeError(
        'tool.too-many-sessions',
        vscode.l10n.t('{0} sessions are open, which is the limit.', MAX_SESSIONS),
        {
          hint: vscode.l10n.t('Close one with wsprobe_close: {0}', [...this.#opened].join(', ')),
        },
      );
    this.#opened.delete(ended.id);
    await sessions.forget(ended);
  }

  #endOf(session: SessionHandle): Promise<CloseInfo | null> {
    const { sessions } = this.#parts;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(impatient);
        stop.dispose();
        resolve(session.snapshot.close);
      };
      const impatient = setTimeout(end, PATIENCE_MS);
      const stop = sessions.onDidChange(() => {
        if (!session.isLive) end();
      });
      if (!session.isLive) end();
    });
  }
}

/** How a model may call a profile: by its path in its folder, with the folder's name, or on the disk. */
function pathsOf(uri: vscode.Uri): readonly string[] {
  const { workspace } = vscode;
  return [
    workspace.asRelativePath(uri, false),
    workspace.asRelativePath(uri, true),
    uri.path,
    uri.fsPath.replaceAll('\\', '/'),
  ];
}
