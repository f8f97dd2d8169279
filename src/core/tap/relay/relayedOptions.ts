import type { Duplex } from 'node:stream';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import type { DisconnectReason } from '../../close/disconnect.js';
import type { ObservedSource } from '../../session/observedSource.js';
import type { Lane as LaneName } from '../../session/tapState.js';
import type { NumberedFault } from '../faults/laneFaults.js';
import type { ClientRequest } from './clientHandshake.js';
import type { Held } from './lane.js';
import type { StoodIn } from './standIn.js';

/** Numbers of a connection, as it stands. */
export interface RelayedFigures {
  readonly connection: number;
  readonly peer: string;
  readonly openedMs: number | null;
  readonly messages: Readonly<Record<LaneName, number>>;
  readonly bytes: Readonly<Record<LaneName, number>>;
  /** When the last byte passed. */
  readonly lastMs: number;
}

export interface RelayedOptions {
  readonly connection: number;
  readonly request: ClientRequest;
  readonly client: Duplex;
  /** What came with the head. */
  readonly head: Uint8Array;
  readonly plan: ProbePlan;
  readonly vantage: Report['vantage'];
  readonly source: ObservedSource;
  readonly faults: readonly NumberedFault[];
  readonly random: () => number;
  /** Messages are looked at one by one: faults, breakpoints and injections may come. */
  readonly shaped: boolean;
  readonly holds: (message: { readonly binary: boolean; readonly bytes: Uint8Array }, lane: LaneName) => boolean;
  readonly onHeld: (message: Held, connection: number) => void;
  /** Answers where the server is down; null: nobody does. */
  readonly standIn: { readonly name: string; readonly answer: () => Promise<StoodIn | null> } | null;
  readonly signal: AbortSignal;
  /** `answeredBy`: what answers in the place of the server. */
  readonly onOpen: (answeredBy: 'server' | 'stand-in') => void;
  /** Payload of a data frame, and whether a message ends with it. */
  readonly onData: (lane: LaneName, bytes: number, ends: boolean) => void;
  /** From a ping to its pong. */
  readonly onRoundTrip: (ms: number) => void;
}

/** What became of it, once it is over. */
export interface RelayedEnd {
  readonly report: Report;
  readonly opened: boolean;
  readonly reason: DisconnectReason | null;
  /** Null: it did not open, or ended by what we did to it. */
  readonly code: number | null;
}
