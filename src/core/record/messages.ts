import { OPCODE } from '../base/frame.js';
import { payloadFields } from '../frames/frameRecord.js';
import { MessageInflater } from '../frames/messageInflater.js';
import { type JoinedMessage, MessageJoiner } from '../frames/messageJoiner.js';
import type { Direction, InflatedMessage } from '../base/model.js';
import type { Redactor } from '../redaction/redactor.js';
import { payloadBytesOf } from './payloadJson.js';
import type { MessageLine, RecordingLine } from './recording.js';
import { redactPieces, stars } from './redactPieces.js';

type FrameLine = Extract<RecordingLine, { readonly type: 'frame' }>;

/** A whole message, or a control frame: fragments joined, inflated, redacted. Exactly one of `text` and `base64` is set. */
export interface RecordedMessage {
  readonly connection: number;
  /** Of its last frame. */
  readonly atMs: number;
  readonly direction: Direction;
  /** Of its first frame: 1 text, 2 binary, 8 and above control. */
  readonly opcode: number;
  readonly text?: string;
  readonly base64?: string;
  /** Full size, also when what is here was cut. */
  readonly bytes: number;
  readonly truncated: boolean;
  readonly frames: number;
  /** Compressed, and the recording does not hold it inflated: the payload is the deflated bytes. */
  readonly deflated: boolean;
  /** False when its last frame never came. */
  readonly finished: boolean;
}

interface Part {
  readonly payload: Buffer;
  readonly truncated: boolean;
}

interface Lane {
  readonly connection: number;
  readonly direction: Direction;
  readonly joiner: MessageJoiner<Part>;
  /** Of its latest data frame. */
  atMs: number;
  heldBytes: number;
}

/** As much as is held of all half messages together; fragments beyond are counted. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

/** The messages of a recording, each direction of each connection by itself, with secrets taken out of each as a whole. */
export class RecordedMessages {
  readonly #redactor: Redactor;
  readonly #lanes = new Map<string, Lane>();
  #heldBytes = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The messages that end with this frame. Frames that continue nothing are messages of their own. */
  push(line: FrameLine): readonly RecordedMessage[] {
    const lane = this.#laneOf(line);
    const before = lane.atMs;
    if (line.opcode < OPCODE.close) lane.atMs = line.atMs;
    const joined = this.#join(lane, line);
    const last = joined.length - 1;
    return joined.map((message, index) => {
      const endsHere = index === last && (message.finished || line.opcode >= OPCODE.close);
      return this.#messageOf(lane, message, endsHere ? line.atMs : before, endsHere ? line.inflated : undefined);
    });
  }

  /** A message that the recording holds whole, of a source that sees no frames. */
  whole(line: MessageLine): RecordedMessage {
    const { connection, atMs, direction, kind, payloadBytes, truncated } = line;
    const isText = kind === 'text';
    const content = this.#contentOf(payloadBytesOf(line), isText, truncated);
    const facts = { connection, atMs, direction, opcode: isText ? OPCODE.text : OPCODE.binary, frames: 1 };
    return { ...facts, ...content, bytes: payloadBytes, truncated, deflated: false, finished: true };
  }

  /** The connection is over: messages whose last frame never came. */
  end(connection: number): readonly RecordedMessage[] {
    return [...this.#lanes].flatMap(([key, lane]) => {
      if (lane.connection !== connection) return [];
      this.#lanes.delete(key);
      this.#heldBytes -= lane.heldBytes;
      const message = lane.joiner.end();
      return message === null ? [] : [this.#messageOf(lane, message, lane.atMs, undefined)];
    });
  }

  /** No line follows. */
  endAll(): readonly RecordedMessage[] {
    const connections = new Set(Array.from(this.#lanes.values(), ({ connection }) => connection));
    return [...connections].flatMap((connection) => this.end(connection));
  }

  #join(lane: Lane, line: FrameLine): readonly JoinedMessage<Part>[] {
    const { joiner } = lane;
    const before = joiner.held.length;
    const payload = payloadBytesOf(line);
    const joined = joiner.push(line, { payload, truncated: line.truncated });
    const { held } = joiner;
    this.#heldBytes -= lane.heldBytes;
    if (held.length <= 1) lane.heldBytes = held[0]?.payload.length ?? 0;
    else if (held.length > before) lane.heldBytes += payload.length;
    this.#heldBytes += lane.heldBytes;
    return joined;
  }

  #laneOf({ connection, direction }: FrameLine): Lane {
    const key = `${connection} ${direction}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      // After a cut nothing fits on: what follows would read as if nothing were missing.
      const mayHold = ({ payload }: Part, held: readonly Part[]) =>
        held.at(-1)?.truncated !== true && this.#heldBytes + payload.length <= MAX_HELD_BYTES;
      lane = { connection, direction, joiner: new MessageJoiner({ mayHold }), atMs: 0, heldBytes: 0 };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #messageOf(
    { connection, direction }: Lane,
    message: JoinedMessage<Part>,
    atMs: number,
    inflated: InflatedMessage | undefined,
  ): RecordedMessage {
    const { finished, frames, parts } = message;
    const opcode = message.opcode === OPCODE.continuation ? OPCODE.text : message.opcode;
    const truncated = message.truncated || parts.some((part) => part.truncated);
    const facts = { connection, atMs, direction, opcode, frames, finished };
    if (inflated) {
      const isText = inflated.text !== undefined;
      const content = this.#contentOf(payloadBytesOf(inflated), isText, inflated.truncated);
      return { ...facts, ...content, bytes: inflated.bytes, truncated: inflated.truncated, deflated: false };
    }
    const payload = Buffer.concat(parts.map((part) => part.payload));
    const sizes = { bytes: message.payloadBytes, truncated, deflated: message.compressed };
    if (message.compressed) {
      const shown = this.#mayShow(payload) ? payload : Buffer.from(stars(payload.length));
      return { ...facts, base64: shown.toString('base64'), ...sizes };
    }
    return { ...facts, ...this.#contentOf(payload, opcode === OPCODE.text, truncated || !finished), ...sizes };
  }

  #contentOf(payload: Uint8Array, isText: boolean, isCut: boolean): { text: string } | { base64: string } {
    const whole = payloadFields(payload, isText, isCut);
    if (this.#redactor.isEmpty) return whole;
    if ('text' in whole && !isCut) return { text: this.#redactor.text(whole.text) };
    const [clean = payload] = redactPieces(this.#redactor, [payload], { cutAfter: isCut });
    return payloadFields(clean, isText, isCut);
  }

  /** Whether deflated bytes hold no secret: nothing is known of those that cannot be inflated alone. */
  #mayShow(payload: Uint8Array): boolean {
    if (this.#redactor.isEmpty) return true;
    const inflater = new MessageInflater({ contextTakeover: false, maxBytes: MAX_INFLATED_BYTES });
    const content = inflater.inflate([payload]);
    return content !== null && this.#redactor.bytes(content) === content;
  }
}
