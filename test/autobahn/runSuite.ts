import { readFile } from 'node:fs/promises';
import type { EchoClient } from './echoClient.js';

export interface SuiteOptions {
  /** Of a running fuzzing server: `ws://127.0.0.1:9001`. */
  readonly url: string;
  readonly agent: string;
  /** Ids or patterns: `1.*`, `9.3.1`. Empty: all. */
  readonly cases: readonly string[];
  readonly client: EchoClient;
  /** Of silence in a case; its questions get at most 10 s of it each. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The `index.json` that the server writes with its report, as a path of this machine or an http: address. */
  readonly report?: string | undefined;
  readonly onCase?: (result: CaseResult) => void;
}

export interface CaseResult {
  readonly number: number;
  /** `1.1.1`, or the number where the server does not tell. */
  readonly id: string;
  /** As the server calls it; `NOT TOLD` where it says nothing. */
  readonly behavior: string;
  /** Servers tell it in their report alone. */
  readonly behaviorClose: string;
  readonly durationMs: number;
  readonly ended: string;
  readonly disagreements: readonly string[];
}

export const NOT_TOLD = 'NOT TOLD';
const MAX_CASES = 10_000;
const QUESTION_MS = 10_000;

/** Runs the cases one after the other and has the server write its reports. Throws when the server does not answer at all. */
export async function runSuite(options: SuiteOptions): Promise<CaseResult[]> {
  const { client, onCase, signal } = options;
  const asker = new Asker(options);
  const count = Number((await asker.ask('/getCaseCount')) ?? Number.NaN);
  if (!Number.isInteger(count) || count < 0 || count > MAX_CASES) {
    throw new Error(`${options.url} does not say how many cases it has: is it a fuzzing server?`);
  }
  const matches = matcher(options.cases);
  const results: CaseResult[] = [];
  for (let number = 1; number <= count; number++) {
    if (signal?.aborted) break;
    const id = await asker.field(`/getCaseInfo?case=${number}`, 'id', String(number));
    if (!matches(id)) continue;
    const where = `case=${number}&agent=${encodeURIComponent(options.agent)}`;
    const run = await client.run(asker.url(`/runCase?${where}`), { ...options, signal, echo: true });
    const status = signal?.aborted ? null : await asker.fields(`/getCaseStatus?${where}`);
    const result = {
      number,
      id,
      behavior: word(status?.['behavior']),
      behaviorClose: word(status?.['behaviorClose']),
      durationMs: run.durationMs,
      ended: run.ended,
      disagreements: run.disagreements,
    };
    results.push(result);
    onCase?.(result);
  }
  if (signal?.aborted) return results;
  // It answers when its report is written.
  await asker.ask(`/updateReports?agent=${encodeURIComponent(options.agent)}`);
  if (options.report === undefined) return results;
  const told = await readReport(options.report, options.agent);
  return results.map((result) => ({ ...result, ...told.get(result.id) }));
}

/** Questions that the server answers with one message. */
class Asker {
  readonly #options: SuiteOptions;
  /** Older servers do not know every question: what stays unanswered is not asked again. */
  readonly #unknown = new Set<string>();

  constructor(options: SuiteOptions) {
    this.#options = options;
  }

  url(path: string): string {
    return `${this.#options.url.replace(/\/+$/, '')}${path}`;
  }

  async ask(path: string): Promise<string | null> {
    const { client, deadlineMs, signal } = this.#options;
    const limits = { deadlineMs: Math.min(QUESTION_MS, deadlineMs), signal, echo: false };
    const { answers } = await client.run(this.url(path), limits);
    return answers[0] ?? null;
  }

  async fields(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    const name = path.replace(/\?.*/, '');
    if (this.#unknown.has(name)) return null;
    const answer = await this.ask(path);
    const value = answer === null ? null : parse(answer);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    this.#unknown.add(name);
    return null;
  }

  async field(path: string, name: string, otherwise: string): Promise<string> {
    const value = (await this.fields(path))?.[name];
    return typeof value === 'string' ? plain(value) : otherwise;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Judgement = Pick<CaseResult, 'behavior' | 'behaviorClose'>;

/** What the server's own report says of each case. Throws when there is none, or none of this client. */
async function readReport(where: string, agent: string): Promise<ReadonlyMap<string, Judgement>> {
  const text = /^https?:/.test(where) ? await (await fetch(where)).text() : await readFile(where, 'utf8');
  const cases = (parse(text) as Readonly<Record<string, unknown>> | null)?.[agent];
  if (typeof cases !== 'object' || cases === null) throw new Error(`${where} says nothing of ${agent}.`);
  const entries: [string, Partial<Judgement> | null][] = Object.entries(cases);
  return new Map(
    entries.map(([id, of]) => [id, { behavior: word(of?.behavior), behaviorClose: word(of?.behaviorClose) }]),
  );
}

function word(value: unknown): string {
  return typeof value === 'string' ? plain(value).toUpperCase() : NOT_TOLD;
}

/** What a server says goes to a terminal. */
function plain(text: string): string {
  return text.replace(/[^ -~]/g, '').slice(0, 40);
}

/** `*` stands for anything; a pattern without one is the whole id. */
export function matcher(patterns: readonly string[]): (id: string) => boolean {
  if (patterns.length === 0) return () => true;
  const each = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (id) => each.some((pattern) => pattern.test(id));
}
