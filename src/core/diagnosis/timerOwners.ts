import { isSeen, settableTimers, type TimerOwner, timersNear } from '../close/timers.js';
import type { Software } from './identifyServer.js';

/** Who may run an idle timer of a length. */
export interface IdleOwners {
  /** Seen here, and the length is their default. */
  readonly named: readonly TimerOwner[];
  /** Seen here, and they have such a timer, of a length that is set. */
  readonly settable: readonly TimerOwner[];
  /** Nothing names them here, but the length is their default. */
  readonly unnamed: readonly TimerOwner[];
}

/**
 * From 30 ms before whole seconds to 60 ms after, which chance alone gives rarely. Before: the other side counts from when it
 * sent its last frame, we from when we read it.
 */
export function isRound(ms: number): boolean {
  return ms >= 950 && (ms + 30) % 1000 < 90;
}

/** Names by which the owner of a timer may be known: who answered, who was asked, what is spoken. */
export function namesSeen(
  software: readonly Software[],
  host: string,
  dialect: string | null | undefined,
): readonly string[] {
  return [...software.map(({ name }) => name), host, ...(dialect ? [dialect] : [])];
}

/** Who comes before what the number says; a number that is not round names nobody who was not seen. */
export function idleOwners(idleMs: number, seen: readonly string[]): IdleOwners {
  const byDefault = timersNear(idleMs, 'idle').flatMap(({ owners }) => owners);
  const named = byDefault.filter((one) => isSeen(one, seen));
  return {
    named,
    settable: isRound(idleMs) && named.length === 0 ? settableTimers(seen) : [],
    unnamed: isRound(idleMs) ? byDefault.filter((one) => !one.isEndpoint && !isSeen(one, seen)) : [],
  };
}

/** Who was seen here and ends connections of this age, whatever their traffic. */
export function lifetimeOwners(openForMs: number, seen: readonly string[]): readonly TimerOwner[] {
  return timersNear(openForMs, 'lifetime').flatMap(({ owners }) => owners.filter((one) => isSeen(one, seen)));
}

export function listOf(owners: readonly TimerOwner[]): string {
  return owners.map(({ name }) => name).join('; ');
}
