import type * as vscode from 'vscode';
import type { Report } from '../../core/base/model.js';
import { setBounded } from '../../core/base/setBounded.js';
import { NOTHING_SEEN, type Seen } from '../../core/language/seen.js';
import type { EngineClient } from '../../engine/client.js';
import { fixesOf, type ProfileFix } from '../fixes/profileFixes.js';
import type { History } from '../history.js';

/** What the last run of a profile tells about it while it is written. */
export interface LastRun {
  readonly seen: Seen;
  /** Milliseconds by phase, and `total`. */
  readonly lastMs: Readonly<Record<string, number>>;
  /** That can be put into it. */
  readonly fixes: readonly ProfileFix[];
}

const NOTHING: LastRun = { seen: NOTHING_SEEN, lastMs: {}, fixes: [] };
const MAX_KEPT = 20;

/** Reads each report once. */
export class LastRuns {
  readonly #history: History;
  readonly #engine: Pick<EngineClient, 'request'>;
  readonly #known = new Map<string, Promise<LastRun>>();

  constructor(history: History, engine: Pick<EngineClient, 'request'>) {
    this.#history = history;
    this.#engine = engine;
  }

  of(uri: vscode.Uri): Promise<LastRun> {
    const entry = this.#history.lastOfFile(uri);
    if (!entry) return Promise.resolve(NOTHING);
    const known = this.#known.get(entry.id);
    if (known) return known;
    const read = this.#read(entry.id);
    setBounded(this.#known, entry.id, read, MAX_KEPT);
    return read;
  }

  async #read(id: string): Promise<LastRun> {
    const report = await this.#history.read(id);
    if (!report) return NOTHING;
    const { frames, subprotocol, url } = report;
    const seen = await this.#engine.request('languageSeen', { frames, subprotocol, url });
    return { seen, lastMs: timesOf(report), fixes: fixesOf(report) };
  }
}

function timesOf({ phases, durationMs }: Report): Readonly<Record<string, number>> {
  const measured = phases.flatMap(({ name, status, durationMs: ms }) =>
    status === 'ok' || status === 'degraded' ? [[name, ms] as const] : [],
  );
  return Object.fromEntries([...measured, ['total', durationMs]]);
}
