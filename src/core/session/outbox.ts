import { randomBytes } from 'node:crypto';
import { ProbeError } from '../base/errors.js';
import type { Frame } from '../base/frame.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { MessageState } from '../frames/messageState.js';
import type { EncodedPayload, PayloadContext } from '../payload/encodePayload.js';
import { encodeOutgoing } from './outgoing.js';
import { fillReferences, type ReferenceValues } from './references.js';
import type { SessionLink } from './sessionLink.js';
import type { OutgoingMessage, RawFrame } from './snapshot.js';

/** Sending beyond this is refused: a peer that does not read must not fill our memory. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

export interface OutboxOptions {
  readonly baseDir: string | null;
  /** The profile's variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of messages that may name secrets; absent: they may not. */
  readonly references?: ReferenceValues | undefined;
  /** The open connection; throws `ProbeError` when there is none. */
  readonly openLink: () => SessionLink;
  /** Told once the socket has taken a message. */
  readonly onSent: (message: EncodedPayload, left: LeftMessage) => void;
}

/** A message as it passed the wire: the row of its last frame, when, and whether it was compressed. */
export interface LeftMessage {
  readonly id: number;
  readonly atMs: number;
  readonly compressed: boolean;
}

/** What leaves a session: messages encoded, gated by what the peer has not read yet. */
export class Outbox {
  maxBufferedBytes = 0;
  refused = false;
  readonly #options: OutboxOptions;
  /** Messages that have left, in order; raw frames are none of them. */
  readonly #left: LeftMessage[] = [];
  readonly #leaving = new MessageState();
  #sendingRaw = false;
  #sequence = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** What the next message is filled in from; `${seq}` counts from 1. */
  payloadContext(): PayloadContext {
    const { baseDir, variables } = this.#options;
    return { baseDir, variables, seq: ++this.#sequence };
  }

  /** Settles with the payload's size when the socket has taken it. Throws `ProbeError` when it cannot be encoded or sent now. */
  async send(message: OutgoingMessage): Promise<number> {
    const encoded = await this.#encode(message);
    await this.sendEncoded(encoded);
    return encoded.bytes.length;
  }

  sendEncoded(message: EncodedPayload): Promise<void> {
    const link = this.#options.openLink();
    this.#requireRoom(link, message);
    return new Promise((resolve, reject) => {
      link.socket?.send(message.bytes, { binary: message.binary }, (error) => {
        if (error) {
          reject(new ProbeError('session.not-sent', `The message was not sent: ${error.message}`, { cause: error }));
          return;
        }
        const left = this.#left.shift();
        if (left) this.#options.onSent(message, left);
        resolve();
      });
      this.maxBufferedBytes = Math.max(this.maxBufferedBytes, bufferedBytes(link));
    });
  }

  async sendRaw({ payload, masked, ...frame }: RawFrame): Promise<void> {
    const encoded = await this.#encode(payload);
    const link = this.#options.openLink();
    this.#requireRoom(link, encoded);
    const maskKey = masked ? randomBytes(4).readUInt32BE() : undefined;
    this.#sendingRaw = true;
    link.connection.tap?.stream.write(encodeFrame({ ...frame, payload: encoded.bytes, maskKey }));
    this.#sendingRaw = false;
  }

  /** A frame of ours has passed the wire; `id` is its row's. */
  noteFrame(frame: Frame, id: number): void {
    if (this.#sendingRaw || this.#leaving.next(frame) === 'alone') return;
    if (frame.fin) this.#left.push({ id, atMs: frame.atMs, compressed: this.#leaving.compressed });
  }

  /** A new connection: what the old one had not sent will never be told of. */
  reset(): void {
    this.#left.length = 0;
    this.#leaving.reset();
  }

  async #encode(message: OutgoingMessage): Promise<EncodedPayload> {
    const { references, variables } = this.#options;
    const filled = references ? await fillReferences(message, references, variables) : message;
    return encodeOutgoing(filled, this.payloadContext());
  }

  #requireRoom(link: SessionLink, { bytes, plain = bytes }: EncodedPayload): void {
    if (link.withholds(plain)) {
      throw new ProbeError(
        'session.secret-elsewhere',
        'The message holds a secret of the profile, and a redirect has led to another origin.',
        { hint: 'Connect to the final address itself to send it there.' },
      );
    }
    const buffered = bufferedBytes(link);
    // One message of any size may go when nothing waits.
    if (buffered === 0 || buffered + bytes.length <= MAX_BUFFERED_BYTES) return;
    this.refused = true;
    throw new ProbeError(
      'session.buffer-full',
      `The peer does not read: ${buffered} bytes wait to be sent, and 64 MiB is our limit.`,
      { hint: 'Wait until the peer has read, or close the session.' },
    );
  }
}

/** Bytes handed to the socket that the network has not taken yet. */
export function bufferedBytes(link: SessionLink | null): number {
  if (!link?.socket) return 0;
  return Math.max(link.socket.bufferedAmount, link.connection.tap?.stream.writableLength ?? 0);
}
