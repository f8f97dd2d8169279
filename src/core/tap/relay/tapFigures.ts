import { Histogram } from '../../base/histogram.js';
import { gapsBetween, type HastyClient, PACE_GAPS, paceOf } from '../../base/pace.js';
import type { DisconnectReason } from '../../close/disconnect.js';
import type { Lane, TapReason, TapSummary } from '../../session/tapState.js';
import type { Ends } from '../../watch/alertRules.js';
import { STORM_TIMES, timesUsual } from '../../watch/storm.js';

const MINUTE_MS = 60_000;
/** A connection on which nothing passed for so long is a stale one. */
const STALE_MS = 5 * MINUTE_MS;
/** Clients that are told apart, by their address. */
const MAX_CLIENTS = 10_000;
/** A storm is more than a handful. */
const LEAST_OF_STORM = 20;
/** Who backs off waits longer by more than this after half as many refusals again. */
const GROWS = 1.2;
/** Minutes that say what is usual. */
const USUAL_MINUTES = 60;
/** How far back close codes and returns are looked at. */
const CODES_MS = 15 * MINUTE_MS;
const RETURNS_MS = 5 * MINUTE_MS;
const MAX_LATELY = 1_000;

/** Clients of one address: behind a proxy, or on this machine, there are several. */
interface Host {
  open: number;
  /** At once, lately. */
  most: number;
  readonly returnsMs: number[];
  /** The latest, the newest last. */
  readonly beganMs: number[];
  /** In a row. */
  refusals: number;
}

const TOLD_AS: Readonly<Partial<Record<DisconnectReason, TapReason>>> = {
  close_timeout: 'ping_timeout',
  rejected: 'protocol_error',
  own_limit: 'protocol_error',
  own_action: 'normal',
};

/** Which of the seven an end is told as. */
export function reasonOf(reason: DisconnectReason): TapReason {
  return TOLD_AS[reason] ?? (reason as TapReason);
}

/** What is known of a client by its address. */
/** Counts what passes a tap. Times are of a monotonic clock, in milliseconds. */
export class TapFigures {
  readonly sessions = new Histogram();
  readonly messagesEach = new Histogram();
  readonly messages: Record<Lane, number> = { toClient: 0, toServer: 0 };
  readonly bytes: Record<Lane, number> = { toClient: 0, toServer: 0 };
  readonly disconnects: Record<TapReason, number> = {
    normal: 0,
    going_away: 0,
    protocol_error: 0,
    ping_timeout: 0,
    server_error: 0,
    network_loss: 0,
    rate_limited: 0,
  };
  readonly lifetimesMs: number[] = [];
  connections = 0;
  refused = 0;
  reconnects = 0;
  readonly #between = new Histogram();
  /** When the last connection of a client ended, by its address without the port. */
  readonly #ended = new Map<string, number>();
  readonly #hosts = new Map<string, Host>();
  readonly #codes: { readonly atMs: number; readonly code: number }[] = [];
  #hasty: HastyClient | null = null;
  readonly #beganMs: number[] = [];
  /** Beginnings of whole minutes past, the latest last. */
  readonly #minutes: number[] = [];
  #minuteFrom = 0;
  #inMinute = 0;

  /** Whether its client had one before. A connection counts from its upgrade request. */
  began(peer: string, nowMs: number): boolean {
    this.connections += 1;
    this.#turn(nowMs);
    this.#inMinute += 1;
    this.#beganMs.push(nowMs);
    this.#forget(nowMs);
    const host = hostOf(peer);
    this.#visited(host, nowMs);
    const ended = this.#ended.get(host);
    if (ended === undefined) return false;
    this.#ended.delete(host);
    this.reconnects += 1;
    this.#between.add(nowMs - ended);
    const { returnsMs } = this.#hostOf(host);
    returnsMs.push(nowMs);
    if (returnsMs.length > MAX_LATELY) returnsMs.shift();
    return true;
  }

  /** The server, or what stands in for it, has accepted it. */
  opened(peer: string): void {
    const host = this.#hostOf(hostOf(peer));
    host.open += 1;
    host.most = Math.max(host.most, host.open);
  }

  /** It came, and was not let in. */
  turnedAway(peer: string): void {
    this.refused += 1;
    this.#hostOf(hostOf(peer)).refusals += 1;
  }

  passed(lane: Lane, bytes: number, ends: boolean): void {
    if (ends) this.messages[lane] += 1;
    this.bytes[lane] += bytes;
  }

  ended(
    peer: string,
    end: {
      readonly nowMs: number;
      readonly lifetimeMs: number;
      readonly messages: number;
      readonly reason: TapReason;
      /** Null: we ended it. */
      readonly code: number | null;
    },
  ): void {
    this.disconnects[end.reason] += 1;
    this.sessions.add(end.lifetimeMs);
    this.messagesEach.add(end.messages);
    if (this.lifetimesMs.length < MAX_CLIENTS) this.lifetimesMs.push(end.lifetimeMs);
    const name = hostOf(peer);
    if (this.#ended.size < MAX_CLIENTS) this.#ended.set(name, end.nowMs);
    const host = this.#hosts.get(name);
    if (host) {
      host.open = Math.max(0, host.open - 1);
      host.refusals = 0;
    }
    if (end.code !== null) this.#codes.push({ atMs: end.nowMs, code: end.code });
    if (this.#codes.length > MAX_LATELY) this.#codes.shift();
  }

  /** How connections ended and began again lately. */
  lately(nowMs: number): Ends {
    this.#turn(nowMs);
    const before = this.#minutes.length;
    return {
      codes: this.#codes.flatMap(({ atMs, code }) => (nowMs - atMs < CODES_MS ? [code] : [])),
      reconnects: this.#returnsPerMinute(nowMs),
      timesUsual: before === 0 ? null : this.#timesUsual(nowMs),
    };
  }

  /** New connections in the last minute. */
  perMinute(nowMs: number): number {
    this.#forget(nowMs);
    return this.#beganMs.length;
  }

  /** Ten times as many as in a usual minute. Nothing is usual before a minute has passed. */
  isStorm(nowMs: number): boolean {
    this.#turn(nowMs);
    return this.#minutes.length > 0 && this.#timesUsual(nowMs) > STORM_TIMES;
  }

  summary(nowMs: number, lastMs: readonly number[]): TapSummary {
    const at = (histogram: Histogram, percent: number) => Math.round((histogram.percentile(percent) ?? 0) * 10) / 10;
    const { sessions } = this;
    return {
      connections: this.connections,
      active: lastMs.length,
      refused: this.refused,
      stale: lastMs.filter((ms) => nowMs - ms > STALE_MS).length,
      perMinute: this.perMinute(nowMs),
      isStorm: this.isStorm(nowMs),
      reconnects: this.reconnects,
      reconnectAfterMs: this.#between.count === 0 ? null : at(this.#between, 50),
      hasty: this.#hasty,
      disconnects: { ...this.disconnects },
      messages: { ...this.messages },
      bytes: { ...this.bytes },
      session:
        sessions.count === 0 ? null : { count: sessions.count, p50Ms: at(sessions, 50), p95Ms: at(sessions, 95) },
    };
  }

  #hostOf(name: string): Host {
    const host = this.#hosts.get(name) ?? { open: 0, most: 0, returnsMs: [], beganMs: [], refusals: 0 };
    if (this.#hosts.size < MAX_CLIENTS) this.#hosts.set(name, host);
    return host;
  }

  #timesUsual(nowMs: number): number {
    const usual = this.#minutes.reduce((sum, count) => sum + count, 0) / this.#minutes.length;
    const now = this.perMinute(nowMs);
    const times = timesUsual(now, usual);
    return now < LEAST_OF_STORM ? Math.min(times, STORM_TIMES) : times;
  }

  /** Of the address whose clients come back most often, for as many clients as it had at once. */
  #returnsPerMinute(nowMs: number): number {
    let most = 0;
    for (const [name, host] of this.#hosts) {
      const { open, returnsMs } = host;
      const old = returnsMs.findIndex((ms) => nowMs - ms < RETURNS_MS);
      returnsMs.splice(0, old < 0 ? returnsMs.length : old);
      most = Math.max(most, returnsMs.length / (RETURNS_MS / MINUTE_MS) / Math.max(1, host.most));
      if (returnsMs.length > 0) continue;
      host.most = open;
      if (open === 0 && nowMs - (host.beganMs.at(-1) ?? 0) > RETURNS_MS) this.#hosts.delete(name);
    }
    return most;
  }

  #visited(name: string, nowMs: number): void {
    const host = this.#hostOf(name);
    host.beganMs.push(nowMs);
    if (host.beganMs.length > PACE_GAPS + 1) host.beganMs.shift();
    const hasty = hastyOf(name, host);
    if (hasty ?? this.#hasty?.client === name) this.#hasty = hasty;
  }

  #forget(nowMs: number): void {
    let gone = 0;
    while (gone < this.#beganMs.length && (this.#beganMs[gone] ?? nowMs) <= nowMs - MINUTE_MS) gone++;
    if (gone > 0) this.#beganMs.splice(0, gone);
  }

  #turn(nowMs: number): void {
    while (nowMs - this.#minuteFrom >= MINUTE_MS) {
      this.#minutes.push(this.#inMinute);
      if (this.#minutes.length > USUAL_MINUTES) this.#minutes.shift();
      this.#inMinute = 0;
      this.#minuteFrom += MINUTE_MS;
    }
  }
}

function hastyOf(client: string, { beganMs, refusals }: Host): HastyClient | null {
  const pace = paceOf(gapsBetween(beganMs));
  if (!pace) return null;
  const { earlierMs, laterMs, quickens } = pace;
  const isRefused = refusals >= beganMs.length - 1;
  return quickens || (isRefused && laterMs < earlierMs * GROWS)
    ? { client, earlierMs, laterMs, refusals: isRefused ? refusals : 0 }
    : null;
}

function hostOf(peer: string): string {
  return peer.replace(/:\d+$/, '');
}
