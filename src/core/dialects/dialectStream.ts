import type { Decoded, DialectDecoder, DialectMessage } from './dialect.js';

/** Messages between two states that are kept; grows as the connection does. */
const CHECKPOINT_EVERY = 256;
const MAX_CHECKPOINTS = 256;

export interface StreamMessage extends DialectMessage {
  /** Ascending in the order of the wire. */
  readonly id: number;
}

/** The messages of the connection after one id, up to and with another, from where they are kept; null: some are gone. */
export type ReadAgain = (afterId: number, toId: number) => AsyncIterable<StreamMessage | null>;

export interface StreamReading {
  readonly decoded: readonly Decoded[];
  /** False when messages before it are gone, so that its reading may be wrong. */
  readonly isComplete: boolean;
}

interface State {
  readonly afterId: number;
  readonly decoder: DialectDecoder;
  readonly isComplete: boolean;
}

/**
 * What a dialect makes of one connection's messages: each is read in the state that those before it on the wire left, in
 * whatever order it is asked for. States are kept now and then; from the nearest one messages are read again.
 */
export class DialectStream {
  readonly #live: DialectDecoder;
  readonly #readAgain: ReadAgain;
  #states: State[];
  #every = CHECKPOINT_EVERY;
  #count = 0;
  #position: number;
  #isComplete = true;
  /** Where the last reading ended: rows are looked at one after the other. */
  #reading: State | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** `decoder` has read nothing yet; `beganId`: no message of the connection has a lower id. */
  constructor(decoder: DialectDecoder, beganId: number, readAgain: ReadAgain) {
    this.#live = decoder;
    this.#readAgain = readAgain;
    this.#position = beganId - 1;
    this.#states = [];
    this.#keepState();
  }

  /** Whether a message's reading depends on those before it. */
  get isStateful(): boolean {
    return this.#live.fork !== undefined;
  }

  /** The id of the last message that was taken. */
  get position(): number {
    return this.#position;
  }

  /** Reads the next message on the wire. */
  take(message: StreamMessage): readonly Decoded[] {
    const decoded = this.#live.decode(message);
    this.#passed(message.id);
    return decoded;
  }

  /** Messages up to an id cannot be read: what follows is read without them. */
  miss(id: number): void {
    if (this.isStateful) this.#isComplete = false;
    this.#passed(id);
  }

  /** Everything up to an id is gone from where messages are kept; the state lives on where all of it had been taken. */
  cleared(id: number, isBehind: boolean): void {
    if (isBehind) this.miss(id);
    this.#position = id;
    this.#reading = null;
    this.#keepState();
  }

  /** Reads one message as it stood on the wire. */
  decodeAt(message: StreamMessage): Promise<StreamReading> | StreamReading {
    if (!this.isStateful) return { decoded: this.#live.decode(message), isComplete: true };
    const reading = this.#turn.then(() => this.#decodeFrom(message));
    this.#turn = reading.catch(() => undefined);
    return reading;
  }

  async #decodeFrom(message: StreamMessage): Promise<StreamReading> {
    const { decoder, afterId, isComplete: wasComplete } = this.#stateBefore(message.id);
    let isComplete = wasComplete;
    let decoded: readonly Decoded[] | null = null;
    for await (const each of this.#readAgain(afterId, message.id)) {
      if (each === null) isComplete = false;
      else if (each.id === message.id) decoded = decoder.decode(each);
      else decoder.decode(each);
    }
    // A message that is not whole yet leaves no state behind.
    if (decoded === null) return { decoded: decoder.decode(message), isComplete: false };
    this.#reading = { afterId: message.id, decoder, isComplete };
    return { decoded, isComplete };
  }

  /** The nearest state before a message, free to be moved on. */
  #stateBefore(id: number): State {
    const kept = this.#states.findLast(({ afterId }) => afterId < id) ?? this.#states[0]!;
    const reading = this.#reading;
    this.#reading = null;
    if (reading && reading.afterId < id && reading.afterId >= kept.afterId) return reading;
    return { ...kept, decoder: kept.decoder.fork?.() ?? kept.decoder };
  }

  #passed(id: number): void {
    this.#position = id;
    this.#count += 1;
    if (this.#count % this.#every === 0) this.#keepState();
  }

  #keepState(): void {
    const decoder = this.#live.fork?.() ?? null;
    if (decoder === null) return;
    this.#states.push({ afterId: this.#position, decoder, isComplete: this.#isComplete });
    if (this.#states.length <= MAX_CHECKPOINTS) return;
    this.#states = this.#states.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }
}
