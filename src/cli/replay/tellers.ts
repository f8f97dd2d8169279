import { plainText } from '../../core/base/plainText.js';
import type { Replay } from '../../core/tap/replay/replay.js';
import { formatDuration } from '../../core/text/durations.js';
import type { Io } from '../io.js';
import { indented } from '../render/indented.js';
import { plainJson } from '../render/plainReport.js';
import { renderReplay, replayRules } from '../render/replay.js';
import { styleFor } from '../render/style.js';
import { plural } from '../render/words.js';
import { openReporters, type ReporterValues, chooseReporters } from '../reporters/choose.js';
import type { RunItem } from '../run/item.js';
import type { RunResult } from '../run/result.js';
import type { RunSummary } from '../run/tally.js';
import { usageError } from '../usage.js';

const REPLAYS_SCHEMA = 'wsprobe.replays/1';

/** A recording's connections that are said again. */
export interface ReplaysHead {
  readonly recording: string;
  readonly target: string;
  /** The profile's path; null for a URL. */
  readonly file: string | null;
  readonly connections: readonly number[];
  /** Every connection was asked for, be it one alone. */
  readonly isAll: boolean;
  readonly startedAt: string;
}

/** Tells replays: its begin, each as it comes in order, its end. */
export interface ReplayTeller {
  begin(head: ReplaysHead): Promise<void>;
  replayed(told: Replay, result: RunResult): Promise<void>;
  end(summary: RunSummary, interrupted: boolean): Promise<void>;
  /** Called whatever happened. */
  close(): Promise<void>;
}

type Values = ReporterValues & { readonly json?: boolean | undefined };

/** The teller that the options choose; what it writes to is opened before anything is sent. */
export async function tellerFor(values: Values, io: Io): Promise<ReplayTeller> {
  if (values.reporter !== undefined) return reporting(values, io);
  return values.json === true ? asJson(io) : asText(values, io);
}

/** What one connection is called in a run. */
export function itemOf({ file, recording, target }: ReplaysHead, connection: number): RunItem {
  const label = `${recording}, connection ${connection}`;
  return { target, label, file, environment: null, iteration: 1, unreadable: null };
}

function noteTo(io: Io, { notes }: Replay): void {
  for (const note of notes) io.stderr.write(`wsprobe: ${plainText(note, 2000)}\n`);
}

function asText(values: Values, io: Io): ReplayTeller {
  const style = styleFor(io, io.stdout, values['no-color'] === true);
  const write = (lines: readonly string[]) => io.stdout.write(`${lines.join('\n')}\n`);
  let isAll = false;
  let [same, rules] = [0, [] as readonly string[]];
  return {
    async begin(head) {
      isAll = head.isAll;
    },
    async replayed(told) {
      noteTo(io, told);
      if (told.same) same += 1;
      rules = told.rules;
      write(renderReplay(told, style, { verbose: values.verbose === true, isAlone: !isAll }));
      if (isAll && !told.same) write(['']);
    },
    async end({ durationMs, notRun, total }) {
      if (!isAll) return;
      const left = notRun > 0 ? `, ${notRun} not run` : '';
      const text = `${same} of ${plural(total, 'connection')} as recorded${left}, ${formatDuration(durationMs)}`;
      write(['', style.paint(same === total ? 'good' : 'bad', text), '', ...replayRules(rules, style)]);
    },
    close: async () => {},
  };
}

/** One document: the replay, or all of them, written as they come. */
function asJson(io: Io): ReplayTeller {
  let isAll = false;
  let separator = '\n';
  return {
    async begin({ isAll: all, recording, startedAt, target }) {
      isAll = all;
      if (!all) return;
      const head = plainJson({ schema: REPLAYS_SCHEMA, recording, target, startedAt }, 2);
      io.stdout.write(`${head.replace(/\n\}$/, '')},\n  "replays": [`);
    },
    async replayed(told) {
      if (!isAll) {
        io.stdout.write(`${plainJson(told, 2)}\n`);
        return;
      }
      io.stdout.write(separator + indented(plainJson(told, 2), '    '));
      separator = ',\n';
    },
    async end(summary) {
      if (!isAll) return;
      const end = separator === '\n' ? ']' : '\n  ]';
      io.stdout.write(`${end},\n  "summary": ${indented(plainJson(summary, 2), '  ').trimStart()}\n}\n`);
    },
    close: async () => {},
  };
}

/** The reporters of a run: each connection is one of its profiles, the messages are its steps. */
async function reporting(values: Values, io: Io): Promise<ReplayTeller> {
  if (values.json === true) throw usageError('--json and --reporter cannot go together', '--reporter json');
  const chosen = { reporter: values.reporter, verbose: values.verbose, 'no-color': values['no-color'] };
  const { close, reporter } = await openReporters(chooseReporters(chosen, io.cwd), chosen, io);
  let head: ReplaysHead | null = null;
  let done = 0;
  return {
    async begin(begun) {
      head = begun;
      const { connections, startedAt } = begun;
      const titleColumns = Math.max(...connections.map((each) => itemOf(begun, each).label.length));
      const total = connections.length;
      await reporter.begin({ total, repeat: 1, environments: [null], titleColumns, startedAt, host: io.host });
    },
    async replayed(told, result) {
      noteTo(io, told);
      await reporter.result(result);
      done += 1;
    },
    async end(summary, interrupted) {
      const left = head?.connections.slice(done) ?? [];
      const notRun = left.flatMap((connection) => (head === null ? [] : [itemOf(head, connection)]));
      await reporter.end({ summary, interrupted, notRun });
    },
    close,
  };
}
