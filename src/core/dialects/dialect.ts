import type { Direction } from '../base/model.js';

/** A whole message as a dialect sees it: inflated, joined. */
export interface DialectMessage {
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

/** What a dialect makes of one message. */
export interface Decoded {
  /** One short line for the log: `subscribe #1 NewOrders`. */
  readonly label: string;
  /** Heartbeats and acknowledgements can be hidden by a filter. */
  readonly role: 'request' | 'reply' | 'event' | 'heartbeat' | 'control' | 'error';
  /** Pairs a request with its reply; null where the message belongs to no pair. */
  readonly correlation: string | null;
  /** What was asked for, the group of the statistics: a method, an event, a topic; null where there is none. */
  readonly operation: string | null;
  /** The decoded content for the detail pane: JSON-like. Undefined where text and hex already say it all. */
  readonly value?: unknown;
  /** The message could not be read as this dialect: why. */
  readonly problem?: string;
}

/** One message may carry several (Socket.IO batches, SignalR, STOMP heartbeats, MQTT packets over frame borders). */
export interface DialectDecoder {
  decode(message: DialectMessage): readonly Decoded[];
}

export interface Dialect {
  /** The name used in profiles and by `explainClose`. */
  readonly name: string;
  readonly title: string;
  /** 0 = certainly not, 1 = certainly. What is known: negotiated subprotocol, URL, the first messages. */
  recognise(hints: DialectHints): number;
  /** A decoder with the state of one connection. Libraries are loaded by dynamic import here, not before. */
  createDecoder(): Promise<DialectDecoder>;
}

export interface DialectHints {
  readonly subprotocol: string | null;
  readonly url: string;
  readonly firstMessages: readonly DialectMessage[];
}

/** Request/reply statistics of one operation. */
export interface OperationStats {
  readonly operation: string;
  readonly count: number;
  readonly unanswered: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
