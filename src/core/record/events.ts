import { OPCODE } from '../base/frame.js';
import type { ConnectionEnd } from '../base/sessionEvent.js';
import { Redactor } from '../redaction/redactor.js';
import { type RecordedMessage, RecordedMessages } from './messages.js';
import { payloadBytesOf } from './payloadJson.js';
import type { ConnectionLine, RecordingHeader, RecordingLine } from './recording.js';

/** What is known of a connection before anything is said. */
export type ConnectionFacts = Pick<ConnectionLine, 'url' | 'subprotocol' | 'dialect' | 'request' | 'response'>;

/** What happened in a recording, its messages whole. */
export type RecordedEvent =
  | { readonly type: 'connection'; readonly connection: number; readonly facts: ConnectionFacts }
  | { readonly type: 'open'; readonly connection: number; readonly atMs: number }
  /** Text or binary; a control frame is none. */
  | { readonly type: 'message'; readonly message: RecordedMessage }
  | { readonly type: 'close'; readonly connection: number; readonly atMs: number; readonly close: ConnectionEnd };

/** The messages of a recording and how its connections began and ended, in order. Closes nothing. */
export async function* recordedEvents(file: {
  readonly header: RecordingHeader;
  readonly lines: AsyncIterable<readonly RecordingLine[]>;
}): AsyncGenerator<RecordedEvent, void, undefined> {
  const reading = new Reading(file.header);
  for await (const batch of file.lines) for (const line of batch) yield* reading.events(line);
  yield* reading.end();
}

class Reading {
  readonly #messages = new RecordedMessages(new Redactor([]));
  readonly #header: RecordingHeader;
  readonly #known = new Set<number>();
  /** The Close frame of each connection that is not known to have ended otherwise. */
  readonly #closing = new Map<number, RecordedEvent>();

  constructor(header: RecordingHeader) {
    this.#header = header;
  }

  *events(line: RecordingLine): Generator<RecordedEvent> {
    if (line.type === 'note' || line.type === 'lost') return;
    const { connection } = line;
    if (!this.#known.has(connection)) {
      this.#known.add(connection);
      yield { type: 'connection', connection, facts: line.type === 'connection' ? line : this.#header };
    }
    if (line.type === 'open') yield line;
    else if (line.type === 'frame') for (const message of this.#messages.push(line)) yield* this.#told(message);
    else if (line.type === 'message') yield { type: 'message', message: this.#messages.whole(line) };
    else if (line.type === 'close') {
      for (const message of this.#messages.end(connection)) yield* this.#told(message);
      this.#closing.delete(connection);
      yield line;
    }
  }

  *end(): Generator<RecordedEvent> {
    for (const message of this.#messages.endAll()) yield* this.#told(message);
    yield* this.#closing.values();
    if (this.#known.size === 0) yield { type: 'connection', connection: 1, facts: this.#header };
  }

  *#told(message: RecordedMessage): Generator<RecordedEvent> {
    if (message.opcode < OPCODE.close) yield { type: 'message', message };
    else if (message.opcode === OPCODE.close && !this.#closing.has(message.connection))
      this.#closing.set(message.connection, closeEvent(message));
  }
}

/** Of a recording that ends before its connection did: the first Close frame says how. */
function closeEvent(message: RecordedMessage): RecordedEvent {
  const { atMs, connection, direction } = message;
  const payload = payloadBytesOf(message);
  const close = {
    code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005,
    reason: payload.subarray(2).toString(),
    initiator: direction === 'sent' ? ('client' as const) : ('server' as const),
    clean: false,
    evidence: 'Its Close frame was recorded.',
  };
  return { type: 'close', connection, atMs, close };
}
