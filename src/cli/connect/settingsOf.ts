import { DIALECT_NAMES, dialectNamed } from '../../core/base/dialectNames.js';
import { type Decoder, UNWRAPPERS, VALUE_DECODERS } from '../../core/base/message.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { DEFAULT_RECONNECT } from '../../core/profile/plan.js';
import type { Io } from '../io.js';
import { parseDuration, parseInteger } from '../options.js';
import { pingIntervalOf } from '../pingInterval.js';
import { usageError } from '../usage.js';
import type { ConnectValues } from './connectOptions.js';
import { checkEffects } from './effects.js';
import { untilOf } from './limits.js';
import { hasKeyboard, screenKindOf } from './screen.js';
import { type ConnectSettings, TIMESTAMPS, type Timestamps } from './settings.js';

const DEFAULT_WAIT_MS = 500;

/** Throws a usage error. A reply that is asked for gets the plan's time for one. */
export function settingsOf(values: ConnectValues, plan: ProbePlan, io: Io): ConnectSettings {
  const once = values.once === true;
  if (once && values.max !== undefined) throw usageError('--once and --max cannot go together');
  const maxMessages = once ? 1 : values.max === undefined ? null : parseInteger('--max', values.max, 1, 1_000_000_000);
  const timestamps = timestampsOf(values.timestamps ?? 'since');
  const waitMs = waitOf(
    values.wait,
    maxMessages !== null || values.until !== undefined ? plan.timeouts.messageMs : DEFAULT_WAIT_MS,
  );
  const until = values.until === undefined ? null : untilOf(values.until);
  const hasLimit = maxMessages !== null || until !== null;
  const input = inputOf(values, io, hasLimit);
  const kind = screenKindOf(io, values.json === true);
  checkEffects(values, { kind, prompts: input.prompts, parts: input.readsPipe || input.file !== null });
  return {
    ...input,
    json: values.json === true,
    verbose: values.verbose === true,
    noColor: values['no-color'] === true,
    timestamps,
    showControl: values['no-control'] !== true,
    pretty: values.pretty === true,
    labels: values.labels === true,
    decodes: values.decode !== undefined,
    recordTo: values.record ?? null,
    binary: values.binary === true,
    separator: separatorOf(values),
    ending: values.raw === true ? '' : values.null === true ? '\0' : '\n',
    waitMs,
    maxMessages,
    until,
  };
}

type InputSettings = Pick<ConnectSettings, 'prompts' | 'send' | 'file' | 'readsPipe' | 'readsStdin'>;

/** With something to send and an end to wait for, all is said: nobody is asked for more. */
function inputOf(values: ConnectValues, io: Io, hasLimit: boolean): InputSettings {
  const { file = null, send = [], wait } = values;
  const sends = send.length > 0 || file !== null;
  const hasEnd = hasLimit || wait !== undefined;
  const prompts = hasKeyboard(io) && !(sends && hasEnd);
  const readsPipe = !sends && !prompts;
  const named = send.filter((text) => text === '@-').length + (file === '-' ? 1 : 0);
  if (named > 1) throw usageError('standard input can be read once: one --send @- or --file -');
  if (named > 0 && prompts) throw usageError('--send @- and --file - want a pipe, or an end such as --once or --wait');
  return { prompts, send, file, readsPipe, readsStdin: prompts || readsPipe || named > 0 };
}

/** Binary input has lines only where somebody says so. */
function separatorOf(values: ConnectValues): ConnectSettings['separator'] {
  const named = (['lines', 'null', 'whole'] as const).filter((name) => values[name] === true);
  if (named.length > 1) throw usageError(`--${named.join(' and --')} cannot go together`);
  if (values.null === true) return '\0';
  return values.whole === true || (values.binary === true && values.lines !== true) ? null : '\n';
}

/** The plan with what the options say of pings, pongs, reconnecting and decoding. */
export function planWith(plan: ProbePlan, values: ConnectValues, cwd: string): ProbePlan {
  const interval = values['ping-interval'];
  const heartbeat = interval === undefined ? plan.session.heartbeat : { ...pingIntervalOf(interval), send: 'ping' };
  return {
    ...plan,
    ...(values.decode === undefined ? {} : { decode: values.decode.map(decoderOf), baseDir: plan.baseDir ?? cwd }),
    session: {
      ...plan.session,
      heartbeat,
      reconnect: plan.session.reconnect ?? (values.reconnect === true ? DEFAULT_RECONNECT : null),
      dialect: values.dialect === undefined ? plan.session.dialect : dialectOf(values.dialect),
      autoPong: plan.session.autoPong && values['no-pong'] !== true,
    },
  };
}

/** As `--dialect` names it. */
export function dialectOf(name: string): string {
  if (name === 'auto' || name === 'none') return name;
  const found = dialectNamed(name);
  if (found !== null) return found;
  throw usageError('--dialect wants auto, none or the name of a dialect', DIALECT_NAMES.join(', '));
}

/** `gzip`, or `protobuf:FILE:TYPE`. */
export function decoderOf(text: string): Decoder {
  const named = [...UNWRAPPERS, ...VALUE_DECODERS].find((name) => name === text);
  const [, schema, type] = /^protobuf:(.+):([^:]+)$/.exec(text) ?? [];
  if (named !== undefined) return named;
  if (schema !== undefined && type !== undefined) return { protobuf: { schema, type } };
  const names = [...UNWRAPPERS, ...VALUE_DECODERS, 'protobuf:FILE:TYPE'].join(', ');
  throw usageError('--decode wants the name of a decoder', names);
}

export function timestampsOf(text: string): Timestamps {
  const found = TIMESTAMPS.find((name) => name === text);
  if (found === undefined) throw usageError(`--timestamps wants absolute, since or delta`);
  return found;
}

function waitOf(text: string | undefined, defaultMs: number): number {
  if (text === undefined) return defaultMs;
  return text === 'forever' ? Infinity : parseDuration('--wait', text);
}
