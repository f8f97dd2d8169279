import { Redactor } from '../../core/redaction/redactor.js';
import type { ObservedListener, ObservedSource } from '../../core/session/observedSource.js';
import { LogLines } from '../connect/logLines.js';
import { Outlet } from '../connect/outlet.js';
import type { Timestamps } from '../connect/settings.js';
import { timestampsOf } from '../connect/settingsOf.js';
import type { Io } from '../io.js';
import { styleFor } from '../render/style.js';
import { visibleText } from '../render/visible.js';
import { plural } from '../render/words.js';
import { usageError } from '../usage.js';
import { ObservedLines } from './observedLines.js';

export interface ObservedOutput {
  readonly outlet: Outlet;
  /** On standard error. */
  readonly say: (text: string) => void;
  /** What a handshake brings is secret as soon as it is known: the source's own list. */
  readonly secrets: string[];
  /** Aborts when nobody reads standard output any more. */
  readonly gone: AbortSignal;
  /** Null where lines of a recording are written. */
  readonly listener: ObservedListener | null;
  /** With `--json` what the source is told is written as the lines of a recording. */
  follow(source: ObservedSource): Promise<void>;
}

export interface ObservedValues {
  readonly json?: boolean;
  readonly pretty?: boolean;
  readonly quiet?: boolean;
  readonly timestamps?: string;
  readonly 'no-color'?: boolean;
}

/** How times are written. Throws a usage error, also for an option that would change nothing. */
export function timestampsFor(values: ObservedValues): Timestamps {
  const useless = (['timestamps', 'pretty', 'quiet'] as const).find((option) => values[option] !== undefined);
  if (values.json === true && useless !== undefined)
    throw usageError(`--json and --${useless} cannot go together`, '--json has all of it, the lines of a recording');
  const untold = (['timestamps', 'pretty'] as const).find((option) => values[option] !== undefined);
  if (values.quiet === true && untold !== undefined)
    throw usageError(`--quiet and --${untold} cannot go together`, '--quiet has no messages');
  return timestampsOf(values.timestamps ?? 'since');
}

/** Where connections of other programs are shown: lines for a person, or with `--json` a recording. */
export async function openOutput({
  io,
  timestamps,
  values,
}: {
  readonly values: ObservedValues;
  readonly timestamps: Timestamps;
  readonly io: Io;
}): Promise<ObservedOutput> {
  const gone = new AbortController();
  const say = (text: string) => io.stderr.write(`wsprobe: ${visibleText(text)}\n`);
  const outlet = new Outlet(io.stdout, {
    onFull: () => {},
    onDrained: () => {},
    onGone: () => gone.abort(),
    onLost: (count) => say(`${plural(count, 'line')} left out: nobody read standard output.`),
  });
  const secrets: string[] = [];
  const lines = new LogLines({
    write: (text) => outlet.write(text),
    redactor: new Redactor(secrets),
    style: styleFor(io, io.stdout, values['no-color'] === true),
    timestamps,
    format: values.pretty === true ? (await import('../connect/prettyJson.js')).prettyJson : (text) => text,
  });
  lines.begin(0, Date.now());
  const isJson = values.json === true;
  return {
    outlet,
    say,
    secrets,
    gone: gone.signal,
    listener: isJson ? null : new ObservedLines(lines),
    follow: async (source) => {
      if (isJson) await recordTo(source, outlet);
    },
  };
}

async function recordTo(source: ObservedSource, outlet: Outlet): Promise<void> {
  const { SessionRecorder } = await import('../../core/session/sessionRecorder.js');
  const append = async (pages: readonly Uint8Array[]) => {
    for (const page of pages) outlet.write(Uint8Array.from(page));
    await outlet.drained();
  };
  const appendSync = (pages: readonly Uint8Array[]) => {
    for (const page of pages) outlet.write(Uint8Array.from(page));
  };
  const file = { append, appendSync, close: async () => {} };
  await source.recordAlso((options) => SessionRecorder.start({ ...options, path: '-', file }));
}
