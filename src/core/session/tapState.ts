import type { OutgoingMessage } from '../base/message.js';
import type { Alert } from '../base/series.js';
import type { HastyClient } from '../base/pace.js';

/** Which way between the two that a tap stands between. */
export type Lane = 'toClient' | 'toServer';

/** The seven kinds of ends that monitoring tells apart. */
export const TAP_REASONS = [
  'normal',
  'going_away',
  'protocol_error',
  'ping_timeout',
  'server_error',
  'network_loss',
  'rate_limited',
] as const;
export type TapReason = (typeof TAP_REASONS)[number];

/** What a tap has seen by now. */
export interface TapSummary {
  readonly connections: number;
  readonly active: number;
  readonly refused: number;
  readonly stale: number;
  /** New connections in the last minute. */
  readonly perMinute: number;
  readonly isStorm: boolean;
  readonly reconnects: number;
  /** Of those that came back: the median of the time between the end and the next beginning. */
  readonly reconnectAfterMs: number | null;
  /** The client seen last that comes back faster and faster, or is refused and does not wait longer each time; null: none. */
  readonly hasty: HastyClient | null;
  readonly disconnects: Readonly<Record<TapReason, number>>;
  readonly messages: Readonly<Record<Lane, number>>;
  readonly bytes: Readonly<Record<Lane, number>>;
  readonly session: { readonly count: number; readonly p50Ms: number; readonly p95Ms: number } | null;
}

/** Connections that lived as long as each other. */
export interface TapLifetime {
  readonly count: number;
  readonly medianMs: number;
  /** Whose timers are known to be that long. */
  readonly timers: readonly string[];
}

/** A message that waits for a person, as a row shows it. */
export interface HeldMessage {
  readonly held: number;
  readonly connection: number;
  readonly lane: Lane;
  readonly binary: boolean;
  readonly bytes: number;
  /** Its beginning, redacted. */
  readonly preview: string;
}

/** Which messages are held until somebody lets them go. */
export interface Breakpoint {
  /** What it holds; absent: any message. */
  readonly contains?: string;
  readonly lane?: Lane;
}

/** What a tap has to tell beside the connections that it sees: small, sent whole. */
export interface TapState {
  /** Where clients connect to. */
  readonly address: string;
  /** Others than this machine reach it. */
  readonly isOpen: boolean;
  readonly summary: TapSummary;
  readonly lifetimes: readonly TapLifetime[];
  /** Rules that are broken now. */
  readonly alerts: readonly Alert[];
  /** Those that apply to what comes, by the numbers that notes call them by. */
  readonly faults: readonly { readonly number: number; readonly text: string }[];
  /** Makes what faults do by chance repeatable. */
  readonly seed: number;
  readonly breakpoints: readonly Breakpoint[];
  /** The oldest of those that wait, and how many there are. */
  readonly held: { readonly count: number; readonly listed: readonly HeldMessage[] };
  /** The recording that answers while the server is down; null: none. */
  readonly answersFrom: string | null;
}

/** What may become of a held message: it goes as it is, does not go, or another goes in its place. */
export type HeldFate = 'pass' | 'drop' | OutgoingMessage;
