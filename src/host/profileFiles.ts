import { posix } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { Problem } from '../core/profile/profile.js';
import type { ProfilePlace } from '../core/profile/sharedFiles.js';
import { ActionableError } from './errors.js';

const MAX_PROFILE_BYTES = 2 * 1024 * 1024;

/** The text of a profile as the person sees it: unsaved changes included. */
export async function readProfile(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  let size: number;
  try {
    size = (await vscode.workspace.fs.stat(uri)).size;
  } catch (cause) {
    throw new ProbeError('profile.unreadable', vscode.l10n.t('The profile {0} cannot be read.', nameOf(uri)), {
      hint: vscode.l10n.t('Check that the file is still there.'),
      cause,
    });
  }
  if (size > MAX_PROFILE_BYTES) {
    throw new ProbeError('profile.too-big', vscode.l10n.t('The profile {0} is too big to be one.', nameOf(uri)));
  }
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** File name without folder and `.wsprobe`. */
export function nameOf(uri: vscode.Uri): string {
  return posix.basename(uri.path).replace(/\.wsprobe$/i, '');
}

export function folderOf(uri: vscode.Uri): string | null {
  return uri.scheme === 'file' ? vscode.Uri.joinPath(uri, '..').fsPath : null;
}

/** Where its environments that other files share are looked for; null where the engine cannot read them. */
export function placeOf(uri: vscode.Uri): ProfilePlace | null {
  const folder = folderOf(uri);
  const workspace = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  return folder === null ? null : { folder, root: workspace ?? folder };
}

/** What a person reads when a profile cannot run: the first problem with its place, how many more, and a way to it. */
export function problemsError(problems: readonly Problem[], uri: vscode.Uri | null): ProbeError {
  const first = problems.find((problem) => problem.severity === 'error') ?? problems[0];
  if (!first) return new ProbeError('profile.invalid', vscode.l10n.t('The profile cannot run.'));
  if (!uri) return new ProbeError('profile.invalid', first.message);
  const place = `${nameOf(uri)}:${first.line + 1}:${first.character + 1}`;
  const more = problems.length - 1;
  const hint = more > 0 ? vscode.l10n.t('{0} more in the Problems panel.', more) : '';
  return new ActionableError('profile.invalid', `${place}: ${first.message}`, hint, [
    {
      title: vscode.l10n.t('Show Problem'),
      run: () => {
        const at = new vscode.Position(first.line, first.character);
        return vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
      },
    },
  ]);
}
