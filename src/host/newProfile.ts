import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import { checkUrl } from '../core/base/url.js';
import type { NewProfileText } from '../core/base/newProfile.js';
import { describeSecrets } from '../core/profile/storedSecrets.js';
import { REDACTED } from '../core/redaction/redactor.js';
import type { EngineClient } from '../engine/client.js';
import { type PlanRef, refOf } from '../protocol/prepared.js';
import { askUrl } from './askTarget.js';
import { PROFILE_LANGUAGE } from './contributions.js';
import type { ProbeTarget } from './target/probeTarget.js';
import type { Secrets } from './secrets.js';

const EXAMPLE_URL = 'ws://127.0.0.1:4480/echo';
const MAX_NAMES = 100;

/** A new profile in an unsaved editor; with a URL it asks nothing. Returns the document's URI. */
export async function newProfile(
  engine: EngineClient,
  secrets: Secrets,
  argument: unknown,
): Promise<vscode.Uri | undefined> {
  const given = readUrl(argument);
  const asked = given ?? (await askUrl(EXAMPLE_URL, vscode.l10n.t('URL of the new profile')));
  if (asked === undefined) return undefined;
  const url = asked.trim();
  const problem = checkUrl(url);
  if (problem !== null) throw new ProbeError('url.invalid', problem);
  return openUnsavedProfile(url, await writeProfile(engine, secrets, { url }));
}

/** Shows the text of a new profile in an unsaved editor, which has its place already. */
export async function openUnsavedProfile(url: string, text: string): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument(await unsavedUri(url));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.languages.setTextDocumentLanguage(document, PROFILE_LANGUAGE);
  await vscode.window.showTextDocument(document);
  return document.uri;
}

/** Writes what was probed as a profile and opens it. Returns where, or undefined when the person turned away. */
export async function saveAsProfile(
  engine: EngineClient,
  secrets: Secrets,
  subject: ProbeTarget,
): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Profile'),
    filters: { [vscode.l10n.t('WebSocket profile')]: ['wsprobe'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, fileNameFor(subject.name)) } : {}),
  });
  if (!uri) return undefined;
  const text = await writeProfile(engine, secrets, subject.plan ? refOf(subject.plan) : { url: subject.url });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri);
  return uri;
}

/** The text of a new profile; credentials it would hold are kept under names of their own, for its host. */
async function writeProfile(
  engine: EngineClient,
  secrets: Secrets,
  source: PlanRef | { readonly url: string },
): Promise<string> {
  const stored = describeSecrets(await secrets.resolve(secrets.names()));
  const made = await engine.request('profileTemplate', { source, stored });
  await keepSecrets(secrets, made);
  return made.text;
}

/** Keeps the credentials of a new profile under the names that its text has for them, for the hosts that it shows them to. */
export async function keepSecrets(secrets: Secrets, made: NewProfileText): Promise<void> {
  const { secrets: values, names, hosts } = made;
  // Of an address that was kept without its credentials nobody knows the value.
  const isKnown = (name: string) => values[name] !== REDACTED;
  for (const [name, value] of Object.entries(values)) {
    if (isKnown(name)) await secrets.set(name, value);
  }
  await secrets.consents.allow(names.filter(isKnown), hosts);
}

function readUrl(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const url = typeof argument === 'object' && argument !== null ? (argument as { url?: unknown }).url : undefined;
  return typeof url === 'string' ? url : undefined;
}

export function fileNameFor(name: string): string {
  const safe = name.replace(/^wss?:\/\//i, '').replace(/[^\p{L}\p{N}.-]+/gu, '-');
  return `${safe.replace(/^[-.]+|[-.]+$/g, '').slice(0, 60) || 'profile'}.wsprobe`;
}

/** An unsaved document that has its place already: in the first folder, under a name that is free. */
async function unsavedUri(url: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const { host, pathname } = new URL(url);
  const base = fileNameFor(host + pathname);
  for (let count = 1; count <= MAX_NAMES; count++) {
    const name = count === 1 ? base : base.replace(/\.wsprobe$/, `-${count}.wsprobe`);
    const path = folder ? vscode.Uri.joinPath(folder, name).path : name;
    const uri = vscode.Uri.from({ scheme: 'untitled', path });
    const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
    if (!isOpen && !(folder && (await exists(vscode.Uri.joinPath(folder, name))))) return uri;
  }
  return vscode.Uri.from({ scheme: 'untitled', path: base });
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
