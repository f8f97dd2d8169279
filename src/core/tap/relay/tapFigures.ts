import { Histogram } from '../../base/histogram.js';
import { gapsBetween, type HastyClient, PACE_GAPS, paceOf } from '../../base/pace.js';
import type { DisconnectReason } from '../../close/disconnect.js';
import type { Lane, TapReason, TapSummary } from '../../session/tapState.js';
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
interface Visits {
  /** The latest, the newest last. */
  readonly beganMs: number[];
  refusals: number;
}

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
  readonly #visits = new Map<string, Visits>();
  #hasty: HastyClient | null = null;
  readonly #beganMs: number[] = [];
  /** Beginnings of whole minutes past, the latest last. */
  readonly #minutes: number[] = [];
  #minuteFrom = 0;
  #inMinute = 0;

  /** Whether its client had one before. */
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
    return true;
  }

  /** It came, and was not let in. */
  turnedAway(peer: string): void {
    this.refused += 1;
    const visits = this.#visits.get(hostOf(peer));
    if (visits) visits.refusals += 1;
  }

  passed(lane: Lane, bytes: number, ends: boolean): void {
    if (ends) this.messages[lane] += 1;
    this.bytes[lane] += bytes;
  }

  ended(
    peer: string,
    end: { readonly nowMs: number; readonly lifetimeMs: number; readonly messages: number; readonly reason: TapReason },
  ): void {
    this.disconnects[end.reason] += 1;
    const visits = this.#visits.get(hostOf(peer));
    if (visits) visits.refusals = 0;
    this.sessions.add(end.lifetimeMs);
    this.messagesEach.add(end.messages);
    if (this.lifetimesMs.length < MAX_CLIENTS) this.lifetimesMs.push(end.lifetimeMs);
    if (this.#ended.size < MAX_CLIENTS) this.#ended.set(hostOf(peer), end.nowMs);
  }

  /** New connections in the last minute. */
  perMinute(nowMs: number): number {
    this.#forget(nowMs);
    return this.#beganMs.length;
  }

  /** Ten times as many as in a usual minute. Nothing is usual before a minute has passed. */
  isStorm(nowMs: number): boolean {
    this.#turn(nowMs);
    if (this.#minutes.length === 0) return false;
    const usual = this.#minutes.reduce((sum, count) => sum + count, 0) / this.#minutes.length;
    const now = this.perMinute(nowMs);
    return now >= LEAST_OF_STORM && timesUsual(now, usual) > STORM_TIMES;
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

  #visited(host: string, nowMs: number): void {
    const visits = this.#visits.get(host) ?? { beganMs: [], refusals: 0 };
    if (this.#visits.size < MAX_CLIENTS) this.#visits.set(host, visits);
    visits.beganMs.push(nowMs);
    if (visits.beganMs.length > PACE_GAPS + 1) visits.beganMs.shift();
    const hasty = hastyOf(host, visits);
    if (hasty ?? this.#hasty?.client === host) this.#hasty = hasty;
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

function hastyOf(client: string, { beganMs, refusals }: Visits): HastyClient | null {
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
