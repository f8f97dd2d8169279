import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { Report, Verdict } from '../core/base/model.js';
import type { Log } from './log.js';
import type { ProbeTarget } from './target/probeTarget.js';
import { type StoredTarget, storeTarget } from './target/storedTarget.js';
import { writePrivateFile } from './privateFile.js';

const KEY = 'wsprobe.history';
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;

/** One line of the history; the report itself is a file beside. */
export interface HistoryEntry {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly headline: string | null;
  readonly target: StoredTarget | null;
  readonly bytes: number;
}

export interface HistoryStorage {
  readonly state: vscode.Memento;
  readonly folder: vscode.Uri;
  readonly limit: () => number;
}

/** The last reports, newest first; kept with the workspace, or with the user where no folder is open. */
export class History implements vscode.Disposable {
  readonly #storage: HistoryStorage;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(storage: HistoryStorage, log: Log) {
    this.#storage = storage;
    this.#log = log;
  }

  entries(): readonly HistoryEntry[] {
    return this.#storage.state.get<HistoryEntry[]>(KEY, []);
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
    return this.entries().find(({ target }) => target && 'file' in target && target.file === file);
  }

  /** Writes the report (already redacted by the engine) and resolves to its id; null when the history is switched off. */
  add(subject: ProbeTarget, report: Report): Promise<string | null> {
    return this.#next(async () => {
      if (this.#storage.limit() <= 0) return null;
      const id = randomUUID();
      const text = new TextEncoder().encode(JSON.stringify(report));
      await writePrivateFile(this.#file(id), text);
      const entry: HistoryEntry = {
        id,
        name: report.name,
        url: report.url,
        verdict: report.verdict,
        startedAt: report.startedAt,
        durationMs: report.durationMs,
        headline: report.findings[0]?.title ?? null,
        target: storeTarget(subject),
        bytes: text.byteLength,
      };
      await this.#keep([entry, ...this.entries()]);
      return id;
    });
  }

  async read(id: string): Promise<Report | null> {
    if (!this.entries().some((entry) => entry.id === id)) return null;
    try {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#file(id)));
      return JSON.parse(text) as Report;
    } catch (error) {
      this.#log.warn(`History: ${String(error)}`);
      return null;
    }
  }

  delete(id: string): Promise<void> {
    return this.#next(() => this.#replace(this.entries().filter((entry) => entry.id !== id)));
  }

  clear(): Promise<void> {
    return this.#next(() => this.#replace([]));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #keep(entries: readonly HistoryEntry[]): Promise<void> {
    let total = 0;
    const kept = entries.slice(0, this.#storage.limit()).filter((entry) => {
      total += entry.bytes;
      return total <= MAX_TOTAL_BYTES;
    });
    return this.#replace(kept);
  }

  async #replace(entries: readonly HistoryEntry[]): Promise<void> {
    const kept = new Set(entries.map((entry) => entry.id));
    const dropped = this.entries().filter((entry) => !kept.has(entry.id));
    await this.#storage.state.update(KEY, entries);
    this.#changed.fire();
    await Promise.all(
      dropped.map(async ({ id }) => {
        try {
          await vscode.workspace.fs.delete(this.#file(id));
        } catch (error) {
          this.#log.warn(`History: ${String(error)}`);
        }
      }),
    );
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
