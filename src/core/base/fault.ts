import type { Match } from './message.js';

/** What a fault does. Which of them is its kind. */
export interface FaultAction {
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  readonly drop?: true;
  readonly duplicate?: true;
  readonly reorder?: true;
  readonly corrupt?: true;
  /** The text, or the JSON, that a message becomes. */
  readonly replace?: unknown;
  readonly cut?: 'fin' | 'rst';
  readonly halfOpen?: true;
  readonly close?: { readonly code?: number; readonly reason?: string };
  readonly refusePong?: true;
  readonly stopReading?: true;
  readonly refuseUpgrade?: { readonly status: number };
}

export type FaultKind = Exclude<keyof FaultAction, 'jitterMs'>;
type FaultDirection = 'toClient' | 'toServer' | 'both';

/** A rule: what happens, when, to what. All conditions must hold. */
export interface Fault {
  readonly when?: {
    /** From 1. */
    readonly connection?: number;
    /** Since the connection opened. */
    readonly afterMs?: number;
    /** From this message of the direction on, counted from 1. */
    readonly afterMessages?: number;
    readonly match?: Match;
    /** Each so many of the messages, or pongs, that the other conditions hold for. */
    readonly every?: number;
  };
  readonly direction?: FaultDirection;
  /** 0 to 1; 1 by default. */
  readonly probability?: number;
  readonly do: FaultAction;
}
