import type { FrameBits } from '../base/frame.js';
import type { LogStatus } from '../base/logRow.js';
import type { OutgoingMessage } from '../base/message.js';
import type { CloseInfo, Direction, Finding } from '../base/model.js';
import type { TapState } from './tapState.js';

export type { OutgoingMessage };

export type SessionState = 'connecting' | 'open' | 'closing' | 'closed' | 'reconnecting';

export interface Traffic {
  readonly messages: number;
  readonly frames: number;
  readonly payloadBytes: number;
  readonly wireBytes: number;
  /** Over the last second. */
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** One connection of another program, as a row shows it. */
export interface ObservedConnection {
  /** As the log's rows are numbered. */
  readonly connection: number;
  /** Path of its URL, or who is at the other end. Redacted. */
  readonly name: string;
  /** Redacted. */
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'closed' | 'refused';
  /** Of its end; null while it lives and where nobody tells it. */
  readonly code: number | null;
  readonly messages: number;
  /** It was open before we looked: its beginning is unknown. */
  readonly isPartial: boolean;
  /** Who made it, where that is told. Redacted. */
  readonly client?: ObservedClient;
  /** Why it did not open. Redacted. */
  readonly why?: string;
}

export interface ObservedClient {
  /** `address:port`. */
  readonly peer: string;
  readonly path: string;
  readonly origin: string | null;
  readonly agent: string | null;
}

export interface ObservedState {
  /** How many live now; all of them, also those that are not listed. */
  readonly open: number;
  /** Live ones first. */
  readonly listed: readonly ObservedConnection[];
  /** Of a tap alone. */
  readonly tap?: TapState;
}

/** A message of a log that departs from a contract: its row, and where. */
export interface LoggedDeparture {
  readonly id: number;
  readonly connection: number;
  readonly direction: Direction;
  readonly atMs: number;
  readonly type: string;
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a log came to that is held against a message contract. */
export interface ContractState {
  /** Of the contract's file. */
  readonly name: string;
  readonly messages: number;
  readonly departing: number;
  /** Messages that could not be looked at: gone, or too long. */
  readonly missed: number;
  /** The first that departs. */
  readonly first: LoggedDeparture | null;
}

/** Everything about a live session that fits a header: small, flat, sent whole. Times are milliseconds since it began. */
export interface SessionSnapshot {
  /** Steps of the profile that can be run here, and whether they are being run; absent: it has none, or those of several clients. */
  readonly steps?: { readonly count: number; readonly running: boolean };
  /** Absent: its log is held against none. */
  readonly contract?: ContractState;
  readonly sessionId: string;
  readonly revision: number;
  readonly name: string;
  /** Redacted. */
  readonly url: string;
  readonly state: SessionState;
  /** ISO 8601: the wall clock at time 0. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** How many connections were begun, the present one included. */
  readonly connections: number;
  /** While reconnecting: which attempt comes next, and when. */
  readonly reconnect: { readonly attempt: number; readonly maxAttempts: number; readonly dueMs: number } | null;
  readonly subprotocol: string | null;
  readonly dialect: string | null;
  readonly sent: Traffic;
  readonly received: Traffic;
  /** Bytes handed to the socket that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Payload bytes on the wire over payload bytes inflated; null without permessage-deflate or before the first message. */
  readonly compressionRatio: { readonly sent: number | null; readonly received: number | null } | null;
  /** Ping round trips: the last 100, oldest first. */
  readonly roundTrips: {
    readonly samples: readonly { readonly atMs: number; readonly ms: number }[];
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly minMs: number;
    readonly maxMs: number;
  } | null;
  readonly heartbeat: {
    readonly everyMs: number;
    readonly timeoutMs: number;
    /** Beats answered on this connection, and beats it was given up for. */
    readonly answered: number;
    readonly missed: number;
  } | null;
  /** Reading is paused by the person; TCP holds the peer back. */
  readonly paused: boolean;
  /** Pings of the peer are left unanswered on purpose. */
  readonly refusesPong: boolean;
  /** We have sent FIN and still read. */
  readonly halfClosed: boolean;
  readonly repeating: { readonly sent: number; readonly total: number; readonly everyMs: number } | null;
  readonly close: CloseInfo | null;
  /** Why it ended, or what is wrong while it lives; the first is the headline. */
  readonly findings: readonly Finding[];
  readonly log: LogStatus;
  /** Connections of other programs, newest first and bounded; absent: the connection is our own. */
  readonly observed?: ObservedState;
  readonly recording: {
    readonly path: string;
    readonly frames: number;
    readonly bytes: number;
    readonly error: string | null;
  } | null;
}

/** A raw frame, any bits: RFC 6455 is broken on purpose where the person says so. */
export interface RawFrame extends FrameBits {
  readonly payload: OutgoingMessage;
}
