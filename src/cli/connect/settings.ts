import { DIALECT_NAMES, dialectNamed } from '../../core/base/dialectNames.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { DEFAULT_RECONNECT } from '../../core/profile/plan.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseDuration, parseInteger, type parseOptions } from '../options.js';
import { usageError } from '../usage.js';

export const CONNECT_OPTIONS = optionsOf(COMMAND_OPTIONS.connect);

export type ConnectValues = ReturnType<typeof parseOptions<typeof CONNECT_OPTIONS>>['values'];

const TIMESTAMPS = ['since', 'absolute', 'delta'] as const;
export type Timestamps = (typeof TIMESTAMPS)[number];

export interface ConnectSettings {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
  readonly timestamps: Timestamps;
  readonly showControl: boolean;
  readonly pretty: boolean;
  /** Messages are shown with what the dialect calls them. */
  readonly labels: boolean;
  /** The recording to begin with; null for none. */
  readonly recordTo: string | null;
  /** Piped lines are sent as binary messages. */
  readonly binary: boolean;
  /** What parts the messages of a pipe. */
  readonly separator: '\n' | '\0';
  /** How long to go on reading after the last line of a pipe was sent; Infinity until the peer ends it. */
  readonly waitMs: number;
  /** The connection is closed after so many received messages; null: after any number. */
  readonly maxMessages: number | null;
  /** A reply was asked for: none is a failure. */
  readonly wantsReply: boolean;
}

const DEFAULT_WAIT_MS = 500;
const MAX_PONG_TIMEOUT_MS = 10_000;

/** Throws a usage error. A reply that is asked for gets the plan's time for one. */
export function settingsOf(values: ConnectValues, plan: ProbePlan): ConnectSettings {
  const once = values.once === true;
  if (once && values.max !== undefined) throw usageError('--once and --max cannot go together');
  const maxMessages = once ? 1 : values.max === undefined ? null : parseInteger('--max', values.max, 1, 1_000_000_000);
  return {
    json: values.json === true,
    verbose: values.verbose === true,
    noColor: values['no-color'] === true,
    timestamps: timestampsOf(values.timestamps ?? 'since'),
    showControl: values['no-control'] !== true,
    pretty: values.pretty === true,
    labels: values.labels === true,
    recordTo: values.record ?? null,
    binary: values.binary === true,
    separator: values.null === true ? '\0' : '\n',
    waitMs: waitOf(values.wait, maxMessages === null ? DEFAULT_WAIT_MS : plan.timeouts.messageMs),
    maxMessages,
    wantsReply: once,
  };
}

/** The plan with what the options say of pings, pongs and reconnecting. */
export function planWith(plan: ProbePlan, values: ConnectValues): ProbePlan {
  const interval = values['ping-interval'];
  const everyMs = interval === undefined ? null : secondsOf('--ping-interval', interval);
  const heartbeat =
    everyMs === null
      ? plan.session.heartbeat
      : { everyMs, timeoutMs: Math.min(everyMs, MAX_PONG_TIMEOUT_MS), send: 'ping' };
  return {
    ...plan,
    session: {
      ...plan.session,
      heartbeat,
      reconnect: plan.session.reconnect ?? (values.reconnect === true ? DEFAULT_RECONNECT : null),
      dialect: values.dialect === undefined ? plan.session.dialect : dialectOf(values.dialect),
      autoPong: plan.session.autoPong && values['no-pong'] !== true,
    },
  };
}

function dialectOf(name: string): string {
  if (name === 'auto' || name === 'none') return name;
  const found = dialectNamed(name);
  if (found !== null) return found;
  throw usageError('--dialect wants auto, none or the name of a dialect', DIALECT_NAMES.join(', '));
}

function timestampsOf(text: string): Timestamps {
  const found = TIMESTAMPS.find((name) => name === text);
  if (found === undefined) throw usageError(`--timestamps wants absolute, since or delta`);
  return found;
}

function waitOf(text: string | undefined, defaultMs: number): number {
  if (text === undefined) return defaultMs;
  return text === 'forever' ? Infinity : parseDuration('--wait', text);
}

/** A bare number is seconds here, as people count heartbeats. */
function secondsOf(option: string, text: string): number {
  const ms = parseDuration(option, /^[\d.]+$/.test(text) ? `${text}s` : text);
  if (ms < 1) throw usageError(`${option} wants more than nothing`);
  return ms;
}
