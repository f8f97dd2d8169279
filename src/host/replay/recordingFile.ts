import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { RECORDING_VIEW_TYPE } from '../contributions.js';
import { localPath } from '../sessions/places.js';
import type { Recordings } from '../sessions/recordings.js';
import { SessionHandle } from '../sessions/sessionHandle.js';

export interface RecordingFile {
  readonly path: string;
  /** Removes what was made for it alone. */
  readonly dispose: () => Promise<void>;
}

export interface RecordingSources {
  readonly recordings: () => Promise<Pick<Recordings, 'export'>>;
  /** Where the log of a session is written for the time it is read. */
  readonly storage: vscode.Uri;
}

const OPENABLE = ['wsrec', 'har', 'jsonl'];

/** The recording that a command is about: a file, a session's log, the one in the active editor, or one that is asked for. */
export async function recordingFile(
  argument: unknown,
  { recordings, storage }: RecordingSources,
  profilesToo = false,
): Promise<RecordingFile | undefined> {
  if (argument instanceof SessionHandle) {
    const folder = vscode.Uri.joinPath(storage, 'replay');
    await vscode.workspace.fs.createDirectory(folder);
    const file = vscode.Uri.joinPath(folder, `${argument.id.replaceAll(/[^\w-]/g, '-')}.wsrec`);
    const { path } = await (await recordings()).export(argument, localPath(file));
    return { path, dispose: async () => vscode.workspace.fs.delete(file).then(undefined, () => undefined) };
  }
  const uri = argument === undefined ? (activeRecording() ?? (await ask(profilesToo))) : uriOf(argument);
  return uri && { path: localPath(uri), dispose: async () => {} };
}

/** The recording that the active editor shows. */
function activeRecording(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === RECORDING_VIEW_TYPE ? input.uri : undefined;
}

async function ask(profilesToo: boolean): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose a recording'),
    filters: { [vscode.l10n.t('WebSocket recording')]: profilesToo ? [...OPENABLE, 'wsprobe'] : OPENABLE },
  });
  return chosen?.[0];
}

function uriOf(value: unknown): vscode.Uri {
  if (value instanceof vscode.Uri) return value;
  if (typeof value === 'string' && isAbsolute(value)) return vscode.Uri.file(value);
  throw new ProbeError('recording.path', vscode.l10n.t('Give the URI or the whole path of a recording.'));
}
