import { MessageState, type FragmentHead } from './messageState.js';

/** Frames joined to a message; a control frame is a message of one. */
export interface JoinedMessage<Part> {
  /** Of its first frame; 0 where that was a continuation of nothing. */
  readonly opcode: number;
  readonly compressed: boolean;
  /** One for each frame, in order; the first ones where `truncated`. */
  readonly parts: readonly Part[];
  readonly frames: number;
  /** All frames together, as declared. */
  readonly payloadBytes: number;
  /** Parts beyond the limits were counted and not kept. */
  readonly truncated: boolean;
  /** False when a new message or the end came before its last frame. */
  readonly finished: boolean;
}

export interface MessageJoinerOptions<Part> {
  /** Whether another part may be held with those that are, `payloadBytes` with it in all; by default every one may. */
  readonly mayHold?: (part: Part, held: readonly Part[], payloadBytes: number) => boolean;
}

const NONE: readonly never[] = [];

/**
 * Joins the frames of one direction to messages. What a part is, is the caller's: bytes, the id of a row, a range of a slab.
 * Nothing is lost: messages that were broken off come as unfinished ones.
 */
export class MessageJoiner<Part> {
  readonly #mayHold: NonNullable<MessageJoinerOptions<Part>['mayHold']>;
  readonly #state = new MessageState();
  #parts: Part[] = [];
  #truncated = false;

  constructor(options: MessageJoinerOptions<Part> = {}) {
    this.#mayHold = options.mayHold ?? (() => true);
  }

  /** Parts of the message under way. */
  get held(): readonly Part[] {
    return this.#parts;
  }

  /** Their bytes as declared, of those that are not held too. */
  get heldBytes(): number {
    return this.#state.isOpen ? this.#state.payloadBytes : 0;
  }

  /** The messages that end with this frame: none, one, or an unfinished one and this frame's own. */
  push(frame: FragmentHead, part: Part): readonly JoinedMessage<Part>[] {
    const { opcode, compressed, frames, payloadBytes } = this.#state;
    const standing = this.#state.next(frame);
    if (standing === 'alone') return [ofControl(frame, part)];
    const broken = this.#state.interrupted
      ? this.#take({ opcode, compressed, frames, payloadBytes, finished: false })
      : null;
    // After a cut nothing fits on: what follows would read as if nothing were missing.
    this.#truncated ||= !this.#mayHold(part, this.#parts, this.#state.payloadBytes);
    if (!this.#truncated) this.#parts.push(part);
    if (!frame.fin) return broken === null ? NONE : [broken];
    const whole = this.#take({ ...this.#facts(), finished: true });
    return broken === null ? [whole] : [broken, whole];
  }

  /** No frame follows: the message under way as it is, null for none. */
  end(): JoinedMessage<Part> | null {
    if (!this.#state.isOpen) return null;
    this.#state.reset();
    return this.#take({ ...this.#facts(), finished: false });
  }

  #facts(): Omit<JoinedMessage<Part>, 'parts' | 'truncated' | 'finished'> {
    const { opcode, compressed, frames, payloadBytes } = this.#state;
    return { opcode, compressed, frames, payloadBytes };
  }

  #take(facts: Omit<JoinedMessage<Part>, 'parts' | 'truncated'>): JoinedMessage<Part> {
    const message = { ...facts, parts: this.#parts, truncated: this.#truncated };
    this.#parts = [];
    this.#truncated = false;
    return message;
  }
}

function ofControl<Part>({ opcode, fin, payloadBytes }: FragmentHead, part: Part): JoinedMessage<Part> {
  return { opcode, compressed: false, parts: [part], frames: 1, payloadBytes, truncated: false, finished: fin };
}
