import type { DialectName } from '../base/dialectNames.js';
import type { Direction } from '../base/model.js';
import type { ClosingTable } from '../close/closeCode.js';

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
  /**
   * A decoder in the same state that goes on by itself; null while the state is too large to be kept beside. Absent: no
   * message depends on those before it.
   */
  fork?(): DialectDecoder | null;
}

/** Of a dialect whose packets begin and end wherever they like in binary messages. */
export interface PacketForm {
  /** Where the packet that begins at a place ends, be it behind what is there; null: its head is not whole yet. */
  end(bytes: Uint8Array, at: number): number | null;
  /** Where a packet sends back, in two bytes, the id that the other side has made; null: it sends none back. */
  idSentBack(packet: Uint8Array): number | null;
}

/** A protocol spoken over WebSocket, as far as it is known: by its closing, by its messages, or both. */
export interface Dialect {
  /** Canonical, as in profiles, on the command line and in reports. */
  readonly name: DialectName;
  readonly title: string;
  /** What its close codes mean; null where it has nothing of its own to say. */
  readonly closing: ClosingTable | null;
  /** A message may mean something else for what came before it: parts, attachments, aliases, versions. */
  readonly stateful: boolean;
  /** A message of the server that wants an answer at once, as a ping wants its pong; null where there is none. */
  readonly heartbeat: { readonly ping: string; readonly pong: string } | null;
  /** Null: a message is what is said. */
  readonly packets: PacketForm | null;
  /** Whether a message of ours takes leave, so that the server ends the connection without more ado. */
  readonly takesLeave: (message: Pick<DialectMessage, 'binary' | 'bytes'>) => boolean;
  /** 0 = certainly not, 1 = certainly. */
  recognise(signs: DialectSigns): number;
  /** A decoder with the state of one connection; null where messages are not decoded. Libraries are loaded here, not before. */
  readonly createDecoder: (() => Promise<DialectDecoder>) | null;
}

/** Who reads the messages of a connection: a dialect, or decoders that a profile names; then the name is that of the dialect inside. */
export interface MessageReading {
  readonly name: DialectName | null;
  /** Rejects where a library or a schema cannot be loaded. */
  readonly createDecoder: () => Promise<DialectDecoder>;
}

/** A dialect whose messages are decoded. */
export interface ReadableDialect extends Dialect {
  readonly createDecoder: () => Promise<DialectDecoder>;
}

/** What is known of a connection. */
export interface DialectSigns {
  /** The negotiated one. */
  readonly subprotocol: string | null;
  /** What the client offered: says something where nothing was negotiated. */
  readonly offered: readonly string[];
  readonly url: string;
  readonly messages: readonly DialectMessage[];
  /** The beginning of the first message received, where it is text. */
  readonly greeting: string | null;
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
