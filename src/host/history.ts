import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { Report, Verdict } from '../core/base/model.js';
import { DisposableStore } from './disposableStore.js';
import { JsonFolder } from './jsonFolder.js';
import type { Log } from './log.js';
import type { ProbeTarget } from './target/probeTarget.js';
import { type StoredTarget, storeTarget } from './target/storedTarget.js';
import { writePrivateFile } from './privateFile.js';

/** Where one list of all entries was kept that every window wrote whole. */
const OLD_KEY = 'wsprobe.history';
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;

/** Of a probe and of a session's connection the record is a report. */
export type HistoryKind = 'probe' | 'session' | 'experiment' | 'watch';

/** One line of the history; the record itself is a file beside. */
export interface HistoryEntry {
  readonly id: string;
  /** Absent: a probe. */
  readonly kind?: HistoryKind;
  /** Which, of an experiment. */
  readonly experiment?: string;
  readonly name: string;
  readonly url: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly headline: string | null;
  readonly target: StoredTarget | null;
  readonly bytes: number;
  /** When it was added, in milliseconds since 1970; the order of the history. */
  readonly addedMs?: number;
}

export interface HistoryStorage {
  readonly state: vscode.Memento;
  readonly folder: vscode.Uri;
  readonly limit: () => number;
}

/**
 * The last reports, newest first; kept with the workspace, or with the user where no folder is open. An entry is a file of
 * its own beside its report: what several windows add is one history.
 */
export class History implements vscode.Disposable {
  readonly #storage: HistoryStorage;
  readonly #log: Log;
  readonly #folder: vscode.Uri;
  readonly #index: JsonFolder<HistoryEntry>;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  #entries: readonly HistoryEntry[] = [];
  #lastMs = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(storage: HistoryStorage, log: Log) {
    this.#storage = storage;
    this.#log = log;
    this.#folder = vscode.Uri.joinPath(storage.folder, 'history', 'index');
    this.#index = new JsonFolder(this.#folder.fsPath);
  }

  entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Takes in what earlier windows added, and from now on what others do. */
  async load(): Promise<void> {
    await mkdir(this.#folder.fsPath, { recursive: true });
    this.#follow();
    await this.#next(async () => {
      const before = this.#storage.state.get<HistoryEntry[]>(OLD_KEY, []);
      for (const [at, entry] of before.toReversed().entries()) {
        await this.#index.write(entry.id, { addedMs: at, ...entry });
      }
      if (before.length > 0) await this.#storage.state.update(OLD_KEY, undefined);
      await this.#refresh();
    });
  }

  /** Node's own watcher: that of the editor begins some time later, and nobody says when. */
  #follow(): void {
    let isDue = false;
    const refresh = () => {
      if (isDue) return;
      isDue = true;
      void this.#next(() => {
        isDue = false;
        return this.#refresh();
      });
    };
    try {
      const watcher = watch(this.#folder.fsPath, { persistent: false }, refresh);
      watcher.on('error', (error) => this.#log.warn(`History: ${String(error)}`));
      this.#store.add({ dispose: () => watcher.close() });
    } catch (error) {
      // Of what other windows add, this one learns when it adds something itself.
      this.#log.warn(`History: ${String(error)}`);
    }
  }

  /** The entry that a command's argument (an entry or its id) names; throws when it is gone. */
  pick(argument: unknown): HistoryEntry {
    const id = typeof argument === 'object' && argument !== null ? (argument as { id?: unknown }).id : argument;
    const entry = this.entries().find((known) => known.id === id);
    if (entry) return entry;
    throw new ProbeError('history.unknown', vscode.l10n.t('This report is no longer in the history.'));
  }

  lastOfFile(uri: vscode.Uri): HistoryEntry | undefined {
    const file = uri.toString();
    return this.entries().find(({ kind, target }) => !kind && target && 'file' in target && target.file === file);
  }

  /** Writes the report (already redacted by the engine) and resolves to its id; null when the history is switched off. */
  add(subject: ProbeTarget, report: Report, kind?: 'session'): Promise<string | null> {
    const { durationMs, findings, name, startedAt, url, verdict } = report;
    const headline = findings[0]?.title ?? null;
    const target = storeTarget(subject);
    const about = { name, url, verdict, startedAt, durationMs, headline, target };
    return this.put(randomUUID(), { ...about, ...(kind ? { kind } : {}) }, report);
  }

  /** Writes a record, or what has become of it. */
  put(id: string, about: Omit<HistoryEntry, 'id' | 'bytes' | 'addedMs'>, record: unknown): Promise<string | null> {
    return this.#next(async () => {
      if (this.#storage.limit() <= 0) return null;
      const text = new TextEncoder().encode(JSON.stringify(record));
      await writePrivateFile(this.#file(id), text);
      await this.#index.write(id, { id, ...about, bytes: text.byteLength, addedMs: this.#now() });
      await this.#refresh();
      return id;
    });
  }

  async read<T = Report>(id: string): Promise<T | null> {
    if ((await this.#index.read(id)) === null) return null;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file(id)));
      return JSON.parse(text) as T;
    } catch (error) {
      this.#log.warn(`History: ${String(error)}`);
      return null;
    }
  }

  delete(id: string): Promise<void> {
    return this.#next(() => this.#drop([id]));
  }

  clear(): Promise<void> {
    return this.#next(async () => this.#drop((await this.#index.all()).map(({ id }) => id)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** What is there now, whoever added it; the oldest go beyond the limits. */
  async #refresh(): Promise<void> {
    const all = (await this.#index.all()).toSorted((a, b) => (b.addedMs ?? 0) - (a.addedMs ?? 0));
    let total = 0;
    const kept = all.filter((entry, at) => {
      total += entry.bytes;
      return at < this.#storage.limit() && total <= MAX_TOTAL_BYTES;
    });
    const ids = new Set(kept.map(({ id }) => id));
    await this.#remove(all.filter(({ id }) => !ids.has(id)).map(({ id }) => id));
    this.#show(kept);
  }

  async #drop(ids: readonly string[]): Promise<void> {
    await this.#remove(ids);
    await this.#refresh();
  }

  async #remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#index.delete(id);
      await rm(this.#file(id).fsPath, { force: true });
    }
  }

  #show(entries: readonly HistoryEntry[]): void {
    const same =
      entries.length === this.#entries.length &&
      entries.every(({ addedMs, id }, at) => id === this.#entries[at]?.id && addedMs === this.#entries[at]?.addedMs);
    this.#entries = entries;
    if (!same) this.#changed.fire();
  }

  /** Two entries of one moment keep their order. */
  #now(): number {
    this.#lastMs = Math.max(Date.now(), this.#lastMs + 1);
    return this.#lastMs;
  }

  #file(id: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#storage.folder, 'history', `${id}.json`);
  }

  /** One change after the other: two probes that end together must not lose an entry. */
  #next<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(change);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
