import * as vscode from 'vscode';
import { ProbeError } from '../core/errors.js';
import { profileTemplate } from '../core/profile/template.js';
import { checkUrl } from '../core/profile/url.js';
import { askUrl } from './askTarget.js';
import type { ProbeTarget } from './probes.js';
import { PROFILE_LANGUAGE } from './language/diagnostics.js';

const EXAMPLE_URL = 'ws://127.0.0.1:4480/echo';

/** A new profile in an unsaved editor; with a URL it asks nothing. Returns the document's URI. */
export async function newProfile(argument: unknown): Promise<vscode.Uri | undefined> {
  const given = readUrl(argument);
  const url = given ?? (await askUrl(EXAMPLE_URL, vscode.l10n.t('URL of the new profile')));
  if (url === undefined) return undefined;
  const problem = checkUrl(url.trim());
  if (problem !== null) throw new ProbeError('url.invalid', problem);
  const document = await vscode.workspace.openTextDocument({
    language: PROFILE_LANGUAGE,
    content: profileTemplate({ url: url.trim() }),
  });
  await vscode.window.showTextDocument(document);
  return document.uri;
}

/** Writes what was probed as a profile and opens it; secrets become references. Returns where, or undefined when cancelled. */
export async function saveAsProfile(subject: ProbeTarget): Promise<vscode.Uri | undefined> {
  const text = profileTemplate(subject.plan ?? { url: subject.url });
  const fileName = `${
    subject.name
      .replace(/^wss?:\/\//i, '')
      .replace(/[^\p{L}\p{N}.-]+/gu, '-')
      .slice(0, 60) || 'profile'
  }.wsprobe`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Profile'),
    filters: { [vscode.l10n.t('WebSocket profile')]: ['wsprobe'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, fileName) } : {}),
  });
  if (!uri) return undefined;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri);
  return uri;
}

function readUrl(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const url = typeof argument === 'object' && argument !== null ? (argument as { url?: unknown }).url : undefined;
  return typeof url === 'string' ? url : undefined;
}
