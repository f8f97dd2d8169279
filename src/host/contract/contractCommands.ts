import { randomUUID } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { HeldContract, LearnedContract } from '../../protocol/acts.js';
import { RECORDING_VIEW_TYPE } from '../contributions.js';
import { pickSession } from '../sessions/pickSession.js';
import { defaultFolder, localPath, safeFileName } from '../sessions/places.js';
import type { SessionEngine } from '../sessions/sessionEngine.js';
import { SessionHandle } from '../sessions/sessionHandle.js';
import type { Sessions } from '../sessions/sessions.js';

export interface ContractParts {
  readonly sessions: Sessions;
  readonly engine: Pick<SessionEngine, 'request'>;
  /** Where files go when no folder is open. */
  readonly storage: vscode.Uri;
}

export interface LearnedFile extends LearnedContract {
  readonly path: string;
}

export interface ExportedContract {
  readonly path: string;
  readonly types: number;
}

const CONTRACT = 'contract.json';
const MAX_LISTED = 200;

/** The log that a command is about, under its id in the engine. */
interface ChosenLog {
  readonly id: string;
  readonly name: string;
  readonly forget: () => Promise<unknown>;
}

/** The commands about message contracts. Called with a log and a path they ask nothing and return their result. */
export class ContractCommands {
  readonly #parts: ContractParts;

  constructor(parts: ContractParts) {
    this.#parts = parts;
  }

  /** "Learn Message Contract…": from the log of a session or a recording into a file. */
  async learn(subject: unknown, argument: unknown): Promise<LearnedFile | undefined> {
    const given = pathOf(argument);
    return this.#withLog(subject, async ({ id, name }) => {
      const path = given ?? (await this.#askPlace(name, CONTRACT, vscode.l10n.t('Save the message contract to')));
      if (path === undefined) return undefined;
      const learned = await this.#parts.engine.request('sessionLearnContract', { sessionId: id, path });
      if (given === undefined) void announceLearned(learned, path);
      return { path, ...learned };
    });
  }

  /** "Check Against Message Contract…": what is in the log, and in the log of a session what follows. */
  async check(subject: unknown, argument: unknown): Promise<HeldContract | undefined> {
    const given = pathOf(argument);
    const [log, contract] = isContract(subject) && given === undefined ? [undefined, subject] : [subject, given];
    return this.#withLog(log, async ({ id }) => {
      const path = pathOf(contract) ?? (await pickContract());
      if (path === undefined) return undefined;
      const held = await this.#parts.engine.request('sessionHoldContract', { sessionId: id, path });
      if (given === undefined) void announceHeld(held);
      return held;
    });
  }

  /** "Export Message Contract as JSON Schema…". */
  async export(contract: unknown, argument: unknown): Promise<ExportedContract | undefined> {
    const from = pathOf(contract) ?? (await pickContract());
    if (from === undefined) return undefined;
    // A menu of files gives the whole selection too.
    const given = Array.isArray(argument) ? undefined : pathOf(argument);
    const name = basename(from).replace(/(\.contract)?\.json$/i, '');
    const path = given ?? (await this.#askPlace(name, 'schema.json', vscode.l10n.t('Save the JSON Schema to')));
    if (path === undefined) return undefined;
    const { types } = await this.#parts.engine.request('contractExport', { from, to: path });
    if (given === undefined) await vscode.window.showTextDocument(vscode.Uri.file(path));
    return { path, types };
  }

  async #withLog<T>(subject: unknown, act: (log: ChosenLog) => Promise<T>): Promise<T | undefined> {
    const log = await this.#logOf(subject ?? activeRecording());
    if (!log) return undefined;
    try {
      return await act(log);
    } finally {
      await log.forget();
    }
  }

  async #logOf(subject: unknown): Promise<ChosenLog | undefined> {
    const { engine, sessions } = this.#parts;
    const path = subject instanceof SessionHandle ? undefined : recordingPath(subject);
    if (path !== undefined) {
      const id = randomUUID();
      await engine.request('recordingOpen', { sessionId: id, path });
      return { id, name: basename(path), forget: () => engine.request('sessionDispose', { sessionId: id }) };
    }
    const session =
      subject instanceof SessionHandle
        ? subject
        : await pickSession(sessions, subject, vscode.l10n.t('Which session?'));
    return session && { id: session.id, name: session.snapshot.name, forget: async () => {} };
  }

  async #askPlace(name: string, ending: string, title: string): Promise<string | undefined> {
    const folder = await defaultFolder(this.#parts.storage);
    const file = `${safeFileName(name.replace(/\.(wsrec|har|jsonl|wsprobe)$/i, ''), 'messages')}.${ending}`;
    const defaultUri = vscode.Uri.joinPath(folder, file);
    const uri = await vscode.window.showSaveDialog({ title, defaultUri, filters: { JSON: ['json'] } });
    return uri && localPath(uri);
  }
}

/** The recording that the active editor shows. */
function activeRecording(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === RECORDING_VIEW_TYPE ? input.uri : undefined;
}

function recordingPath(subject: unknown): string | undefined {
  const path = subject instanceof vscode.Uri ? localPath(subject) : subject;
  return typeof path === 'string' && isAbsolute(path) ? path : undefined;
}

function isContract(subject: unknown): subject is vscode.Uri {
  return subject instanceof vscode.Uri && subject.path.endsWith(`.${CONTRACT}`);
}

function pathOf(argument: unknown): string | undefined {
  if (argument === undefined || Array.isArray(argument)) return undefined;
  const path = argument instanceof vscode.Uri ? localPath(argument) : argument;
  if (typeof path === 'string' && isAbsolute(path)) return path;
  throw new ProbeError('contract.path', vscode.l10n.t('Give the URI or the whole path of a message contract.'));
}

async function pickContract(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(`**/*.${CONTRACT}`, '**/node_modules/**', MAX_LISTED);
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const other = { label: vscode.l10n.t('Another file…'), uri: null };
  const title = vscode.l10n.t('Which message contract?');
  const chosen = items.length === 0 ? other : await vscode.window.showQuickPick([...items, other], { title });
  if (!chosen) return undefined;
  if (chosen.uri) return localPath(chosen.uri);
  const [uri] = (await vscode.window.showOpenDialog({ title, filters: { JSON: ['json'] } })) ?? [];
  return uri && localPath(uri);
}

async function announceLearned({ messages, missed, types }: LearnedContract, path: string): Promise<void> {
  const text =
    missed === 0
      ? vscode.l10n.t('{0} types of message learned from {1} messages.', types, messages)
      : vscode.l10n.t(
          '{0} types of message learned from {1} messages; {2} could not be read.',
          types,
          messages,
          missed,
        );
  const open = vscode.l10n.t('Open');
  if ((await vscode.window.showInformationMessage(text, open)) === open)
    await vscode.window.showTextDocument(vscode.Uri.file(path));
}

async function announceHeld({ departing, departures, messages, name }: HeldContract): Promise<void> {
  const contract = name.replaceAll('](', '] (');
  const [first] = departures;
  if (first === undefined) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('All {0} messages are as {1} has them.', messages, contract),
    );
    return;
  }
  const text = vscode.l10n.t(
    '{0} of {1} messages depart from {2}. The first: {3}: expected {4}, got {5}',
    departing,
    messages,
    contract,
    first.path,
    first.expected,
    first.actual,
  );
  await vscode.window.showWarningMessage(text.replaceAll('](', '] ('));
}
