import { isAbsolute, posix } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { RECORDING_VIEW_TYPE } from '../contributions.js';
import { tellNotes } from '../convert/notes.js';
import { localPath, timedFileName } from './places.js';
import type { Sessions } from './sessions.js';

/** A HAR, or exported JSON lines, as a recording beside it, opened. With a URI it asks nothing. Returns the recording. */
export async function importHar(
  sessions: Pick<Sessions, 'requestView'>,
  argument: unknown,
): Promise<vscode.Uri | undefined> {
  const har = argument === undefined ? await askHar() : readUri(argument);
  if (!har) return undefined;
  const name = timedFileName(posix.basename(har.path).replace(/\.(har|jsonl)$/i, ''), 'wsrec');
  const to = vscode.Uri.joinPath(har, '..', name);
  const { notes } = await sessions.requestView('recordingImport', { from: localPath(har), to: localPath(to) });
  await vscode.commands.executeCommand('vscode.openWith', to, RECORDING_VIEW_TYPE);
  const told = vscode.l10n.t(
    '{0} was imported, but not all of it was there: {1}',
    posix.basename(har.path),
    notes[0] ?? '',
  );
  void tellNotes(told, notes);
  return to;
}

async function askHar(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import the WebSockets of a HAR'),
    filters: { [vscode.l10n.t('HAR or exported JSON lines')]: ['har', 'jsonl'] },
  });
  return chosen?.[0];
}

function readUri(value: unknown): vscode.Uri {
  if (value instanceof vscode.Uri) return value;
  if (typeof value === 'string' && isAbsolute(value)) return vscode.Uri.file(value);
  throw new ProbeError('import.path', vscode.l10n.t('Give the URI or the whole path of a HAR file.'));
}
