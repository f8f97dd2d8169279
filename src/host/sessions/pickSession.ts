import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { CommandId } from '../contributions.js';
import { ActionableError } from '../errors.js';
import type { SessionHandle } from './sessionHandle.js';
import type { Sessions } from './sessions.js';
import { sessionWord } from './sessionWords.js';

/** The session a command is about: one given (by id, or the row of a tree), else the only one, else the one a person picks. */
export async function pickSession(
  sessions: Sessions,
  argument: unknown,
  title: string,
  wants: (session: SessionHandle) => boolean = () => true,
): Promise<SessionHandle | undefined> {
  if (argument !== undefined) return givenSession(sessions, argument);
  const open = sessions.all.filter(wants);
  if (open.length === 0) {
    const hint = vscode.l10n.t('Connect first: "WebSocket: Connect…".');
    throw new ActionableError('session.none', vscode.l10n.t('There is no such session.'), hint, [
      {
        title: vscode.l10n.t('Connect…'),
        run: () => vscode.commands.executeCommand('wsprobe.connect' satisfies CommandId),
      },
    ]);
  }
  if (open.length === 1) return open[0];
  const items = open.map((session) => ({
    label: session.snapshot.name,
    description: `${sessionWord(session)} · ${session.snapshot.url}`,
    session,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.session;
}

/** The session of an id, of `{ sessionId }` or of a tree's row; throws when there is none. */
export function givenSession(sessions: Sessions, argument: unknown): SessionHandle {
  const { id, sessionId } = (typeof argument === 'object' && argument !== null ? argument : {}) as {
    readonly id?: unknown;
    readonly sessionId?: unknown;
  };
  const name = typeof argument === 'string' ? argument : (sessionId ?? id);
  if (typeof name === 'string') return sessions.find(name);
  throw new ProbeError('session.unknown', vscode.l10n.t('A session is named by the id that "wsprobe.connect" gave.'));
}
