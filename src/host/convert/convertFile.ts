import { isAbsolute, posix } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import {
  FILE_FORMATS,
  type FormatName,
  formatOf,
  isFormatName,
  isRecordingFormat,
  type RecordingFormat,
} from '../../core/base/fileFormats.js';
import { describeSecrets } from '../../core/profile/storedSecrets.js';
import type { EngineClient } from '../../engine/client.js';
import type { EngineRequests } from '../../protocol/engine.js';
import { activeProfile } from '../arguments.js';
import { RECORDING_VIEW_TYPE } from '../contributions.js';
import { keepSecrets, openUnsavedProfile } from '../newProfile.js';
import type { Secrets } from '../secrets.js';
import { localPath } from '../sessions/places.js';
import { tellNotes } from './notes.js';

export interface ConvertParts {
  readonly engine: EngineClient;
  readonly secrets: Secrets;
}

/** What code gets: the text, or where it was written, and what could not be carried over. */
export interface ConvertedFile {
  readonly text?: string;
  readonly uri?: vscode.Uri;
  readonly notes: readonly string[];
  /** Variables that a command or script takes its secrets from. */
  readonly environment: readonly string[];
}

interface Options {
  readonly from?: FormatName;
  readonly to?: FormatName;
  readonly output?: vscode.Uri;
  /** Number from 1, or name. */
  readonly request?: string;
  readonly messages?: string;
  readonly connection?: number;
  readonly environment?: string;
}

type Source =
  | { readonly uri: vscode.Uri; readonly from: FormatName }
  | { readonly text: string; readonly from: FormatName };

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A file or a command line of another tool as a profile, a profile as a command line, a script or a file of theirs, a recording
 * as a profile or in another form. With a source and where it goes it asks nothing.
 */
export async function convertFile(
  parts: ConvertParts,
  argument: unknown,
  given: unknown,
): Promise<ConvertedFile | undefined> {
  // From a menu, what was selected beside it comes as the second argument.
  const options = readOptions(Array.isArray(given) ? undefined : given);
  const source = argument === undefined ? await askSource(options) : sourceOf(argument, options);
  if (!source) return undefined;
  const to = options.to ?? (options.output && formatOf(options.output.path)) ?? (await targetOf(source));
  if (!to) return undefined;
  const isByPerson = options.to === undefined && options.output === undefined;
  if ('uri' in source && isRecordingFormat(source.from) && isRecordingFormat(to)) {
    return recordingAs(parts, source.uri, to, options.output);
  }
  const params = await paramsOf(parts, source, options, isByPerson);
  if (!params) return undefined;
  const stored = describeSecrets(await parts.secrets.resolve(parts.secrets.names()));
  const environment = options.environment ?? null;
  const made = await parts.engine.request('convert', { source: params, to, environment, stored });
  await keepSecrets(parts.secrets, made);
  const uri = await put(made.text, to, options.output, isByPerson);
  if (isByPerson)
    void tellNotes(
      vscode.l10n.t('Converted, but not all of it could be carried over: {0}', made.notes[0] ?? ''),
      made.notes,
    );
  return { text: made.text, ...(uri ? { uri } : {}), notes: made.notes, environment: made.environment };
}

function readOptions(given: unknown): Options {
  if (typeof given !== 'object' || given === null) return {};
  const record = given as Readonly<Record<string, unknown>>;
  const format = (name: 'from' | 'to') => {
    const value = record[name];
    if (value === undefined) return {};
    if (typeof value === 'string' && isFormatName(value)) return { [name]: value };
    throw new ProbeError('convert.format', vscode.l10n.t('Known formats: {0}.', Object.keys(FILE_FORMATS).join(', ')));
  };
  const text = (name: 'messages' | 'environment') => (typeof record[name] === 'string' ? { [name]: record[name] } : {});
  const { connection, output, request } = record;
  return {
    ...format('from'),
    ...format('to'),
    ...text('messages'),
    ...text('environment'),
    ...(output === undefined ? {} : { output: uriOf(output) }),
    ...(typeof request === 'string' || typeof request === 'number' ? { request: String(request) } : {}),
    ...(typeof connection === 'number' ? { connection } : {}),
  };
}

function uriOf(value: unknown): vscode.Uri {
  if (value instanceof vscode.Uri) return value;
  if (typeof value === 'string' && isAbsolute(value)) return vscode.Uri.file(value);
  throw new ProbeError('convert.path', vscode.l10n.t('Give the URI or the whole path of a file.'));
}

/** A text that is no whole path is what somebody typed or copied. */
function sourceOf(argument: unknown, { from }: Options): Source {
  if (typeof argument === 'string' && !isAbsolute(argument)) return { text: argument, from: from ?? 'curl' };
  const uri = uriOf(argument);
  return { uri, from: from ?? formatOf(uri.path) ?? 'curl' };
}

async function askSource(options: Options): Promise<Source | undefined> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const recording = input instanceof vscode.TabInputCustom && input.viewType === RECORDING_VIEW_TYPE ? input.uri : null;
  const active = activeProfile() ?? recording ?? vscode.window.activeTextEditor?.document.uri;
  const isKnown = active !== undefined && formatOf(active.path) !== null;
  const here = isKnown ? [{ label: posix.basename(active.path), description: '', source: 'active' as const }] : [];
  const chosen = await vscode.window.showQuickPick(
    [
      ...here,
      { label: vscode.l10n.t('A file…'), description: '.http, .har, .wsrec, .wsprobe', source: 'file' as const },
      {
        label: vscode.l10n.t('The command line in the clipboard'),
        description: vscode.l10n.t('curl, websocat or wscat'),
        source: 'clipboard' as const,
      },
    ],
    { title: vscode.l10n.t('Convert what?') },
  );
  if (chosen?.source === 'active' && active) return sourceOf(active, options);
  if (chosen?.source === 'clipboard')
    return { text: await vscode.env.clipboard.readText(), from: options.from ?? 'curl' };
  const [file] = (chosen && (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Convert') }))) ?? [];
  return file && sourceOf(file, options);
}

/** What is none of ours becomes a profile. */
async function targetOf({ from }: Source): Promise<FormatName | undefined> {
  if (FILE_FORMATS[from].kind === 'foreign') return 'wsprobe';
  const names: readonly FormatName[] = isRecordingFormat(from)
    ? ['wsprobe', 'wsrec', 'har', 'jsonl']
    : ['curl', 'websocat', 'wscat', 'http', 'node', 'k6'];
  const items = names.filter((name) => name !== from).map((name) => ({ label: formatLabel(name), name }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Convert to') }))?.name;
}

function formatLabel(name: FormatName): string {
  const [ending] = FILE_FORMATS[name].endings;
  switch (name) {
    case 'wsprobe':
      return vscode.l10n.t('WebSocket profile');
    case 'wsrec':
      return vscode.l10n.t('WebSocket recording');
    case 'node':
      return vscode.l10n.t('Script for Node ({0})', '.mjs');
    case 'k6':
      return vscode.l10n.t('Load test for k6 ({0})', '.js');
    default:
      return ending === undefined ? name : `${name.toUpperCase()} (${ending})`;
  }
}

type Params = EngineRequests['convert']['params']['source'];

async function paramsOf(
  { engine }: ConvertParts,
  source: Source,
  { connection, messages, request }: Options,
  isByPerson: boolean,
): Promise<Params | undefined> {
  const { from } = source;
  if ('uri' in source && isRecordingFormat(from)) {
    return { path: localPath(source.uri), filter: messages, connection };
  }
  const text = 'uri' in source ? await textOf(source.uri) : source.text;
  const names = await engine.request('convertChoices', { text, from });
  const index = request === undefined ? await askRequest(names, isByPerson) : numberOf(names, request);
  const folder = 'uri' in source && source.uri.scheme === 'file' ? vscode.Uri.joinPath(source.uri, '..').fsPath : null;
  return index === undefined ? undefined : { text, from, index, folder };
}

async function askRequest(names: readonly string[], isByPerson: boolean): Promise<number | undefined> {
  if (names.length < 2 || !isByPerson) return 0;
  const items = names.map((label, index) => ({ label, index }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which of the requests?') }))?.index;
}

function numberOf(names: readonly string[], request: string): number {
  const index = /^\d{1,6}$/.test(request) ? Number(request) - 1 : names.indexOf(request);
  if (names[index] !== undefined) return index;
  throw new ProbeError('convert.request', vscode.l10n.t('There is no request {0}.', request), {
    hint: names.join(', '),
  });
}

/** As it stands in the editor, where it is open. */
async function textOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MAX_BYTES) throw new ProbeError('convert.size', vscode.l10n.t('The file is larger than 4 MiB.'));
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

async function put(
  text: string,
  to: FormatName,
  output: vscode.Uri | undefined,
  isByPerson: boolean,
): Promise<vscode.Uri | undefined> {
  if (output) {
    await vscode.workspace.fs.writeFile(output, new TextEncoder().encode(text));
    return output;
  }
  if (!isByPerson) return undefined;
  if (to === 'wsprobe') return openUnsavedProfile(urlOf(text), text);
  const language = to === 'node' || to === 'k6' ? 'javascript' : to === 'http' ? 'http' : 'shellscript';
  const document = await vscode.workspace.openTextDocument({ content: text, language });
  await vscode.window.showTextDocument(document);
  return document.uri;
}

/** For the name of the file alone. */
function urlOf(text: string): string {
  const [, address = ''] = /^ {2}"url": "(wss?:\/\/[^"$\\]+)"/m.exec(text) ?? [];
  return URL.canParse(address) ? address : 'ws://profile/';
}

async function recordingAs(
  { engine }: ConvertParts,
  from: vscode.Uri,
  format: RecordingFormat,
  output: vscode.Uri | undefined,
): Promise<ConvertedFile | undefined> {
  const defaultUri = from.with({ path: from.path.replace(/\.[^./]*$/, `.${format}`) });
  const to = output ?? (await vscode.window.showSaveDialog({ defaultUri, filters: { [format]: [format] } }));
  if (!to) return undefined;
  if (to.toString() === from.toString())
    throw new ProbeError('convert.path', vscode.l10n.t('A recording is not written over itself.'));
  const { notes } = await engine.request('convertRecording', { from: localPath(from), to: localPath(to), format });
  return { uri: to, notes, environment: [] };
}
