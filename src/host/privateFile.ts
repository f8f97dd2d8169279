import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';

/** Writes a file that nobody but its owner may read, where the file system has modes. */
export async function writePrivateFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
  if (uri.scheme !== 'file') {
    await vscode.workspace.fs.writeFile(uri, bytes);
    return;
  }
  await mkdir(dirname(uri.fsPath), { recursive: true });
  // A file that stands there keeps its mode, so another takes its place.
  const part = `${uri.fsPath}.part`;
  await writeFile(part, bytes, { mode: 0o600 });
  await rename(part, uri.fsPath);
}
