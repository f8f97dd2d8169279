import * as vscode from 'vscode';
import { describeSecrets } from '../../core/profile/storedSecrets.js';
import { fileNameFor, keepSecrets } from '../newProfile.js';
import type { Secrets } from '../secrets.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import type { Sessions } from '../sessions/sessions.js';
import { tellNotes } from './notes.js';

export interface ConversationParts {
  readonly sessions: Pick<Sessions, 'request'>;
  readonly secrets: Secrets;
}

export interface ConversationChoice {
  readonly filter: string;
  /** From the one row through to the other. */
  readonly between: readonly [number, number] | null;
}

/** Messages of a session or a recording as the steps of a profile, where the person says. Undefined when they turned away. */
export async function saveConversation(
  { sessions, secrets }: ConversationParts,
  session: SessionHandle,
  choice: ConversationChoice,
): Promise<vscode.Uri | undefined> {
  const stored = describeSecrets(await secrets.resolve(secrets.names()));
  // Before a place is asked for: what cannot be made needs none.
  const made = await sessions.request(session, 'sessionConversation', { ...choice, stored });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = fileNameFor(session.snapshot.name.replace(/\.(wsrec|har|jsonl)$/i, ''));
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Conversation'),
    filters: { [vscode.l10n.t('WebSocket profile')]: ['wsprobe'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!uri) return undefined;
  await keepSecrets(secrets, made);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(made.text));
  await vscode.window.showTextDocument(uri);
  const told = vscode.l10n.t('Saved, but not all of it could be carried over: {0}', made.notes[0] ?? '');
  void tellNotes(told, made.notes);
  return uri;
}
