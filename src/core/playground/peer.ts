import { ClientFrameReader, encodeClose, type ClientFrame } from './frame.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { upgradeHead, type UpgradeChanges } from './upgrade.js';
import type { Visit } from './visit.js';

export interface PeerOptions {
  readonly changes?: UpgradeChanges;
  /** The whole head, latin1, instead of a 101 with `changes`. */
  readonly head?: string;
  /** In the same write as the 101. */
  readonly with?: Uint8Array;
  readonly answersPing?: boolean;
  /** How long a pong waits, asked for each; by default not at all. */
  readonly pongAfterMs?: () => number;
  readonly answersClose?: boolean;
  /** Data frames; by default each is sent back as it came. Null ignores them. */
  readonly onData?: ((frame: ClientFrame, peer: Peer) => void) | null;
  readonly onAny?: () => void;
}

/** The server's side of an open WebSocket, at frame level: what it sends is exactly what it is told to. */
export class Peer {
  readonly #visit: Visit;
  readonly #options: PeerOptions;
  #closeSent = false;

  constructor(visit: Visit, options: PeerOptions) {
    this.#visit = visit;
    this.#options = options;
    const reader = new ClientFrameReader(
      (frame) => this.#onFrame(frame),
      () => this.close(1009, 'More than 16 MiB'),
    );
    visit.wire.read((chunk) => {
      options.onAny?.();
      reader.push(chunk);
    });
    const head = Buffer.from(options.head ?? upgradeHead(visit, options.changes), 'latin1');
    visit.wire.write(options.with === undefined ? head : Buffer.concat([head, options.with]));
    if (visit.early.length > 0) reader.push(visit.early);
  }

  write(bytes: Uint8Array): void {
    this.#visit.wire.answer(bytes);
  }

  /** Bit by bit, so that compressed and fragmented messages stay valid. */
  echo(frame: ClientFrame): void {
    this.write(encodeFrame(frame));
  }

  sendText(text: string): void {
    this.write(encodeFrame({ opcode: 1, payload: text }));
  }

  sendJson(value: unknown): void {
    this.sendText(JSON.stringify(value));
  }

  /** Starts the closing handshake; the connection ends when the client answers, or after a while. */
  close(code: number, reason = ''): void {
    this.closeWith(encodeClose(code, reason));
  }

  closeWith(bytes: Uint8Array): void {
    if (this.#closeSent) return;
    this.write(bytes);
    this.closing();
  }

  /** A Close frame has left some other way. */
  closing(): void {
    this.#closeSent = true;
    this.#visit.wire.after(5_000, () => this.#visit.wire.finish());
  }

  #onFrame(frame: ClientFrame): void {
    if (frame.opcode === 8) this.#onClose(frame);
    else if (this.#closeSent) return;
    else if (frame.opcode === 9) {
      if (this.#options.answersPing === false) return;
      const pong = encodeFrame({ opcode: 10, payload: frame.payload });
      const { pongAfterMs } = this.#options;
      if (pongAfterMs) this.#visit.wire.after(pongAfterMs(), () => this.write(pong));
      else this.write(pong);
    } else if (frame.opcode < 8) this.#onData(frame);
  }

  #onData(frame: ClientFrame): void {
    const { onData } = this.#options;
    if (onData === null) return;
    if (onData === undefined) this.echo(frame);
    else onData(frame, this);
  }

  #onClose(frame: ClientFrame): void {
    if (this.#options.answersClose === false) return;
    if (this.#closeSent) this.#visit.wire.finish();
    else this.#visit.wire.finish(encodeFrame({ opcode: 8, payload: frame.payload }));
  }
}

/** Sends the 101 and speaks WebSocket from then on. */
export function openPeer(visit: Visit, options: PeerOptions = {}): Peer {
  return new Peer(visit, options);
}

/** Opens and sends `bytes` right behind the 101: in a write of its own, or with `?same-packet=1` in the same one. */
export function openAndSend(visit: Visit, bytes: Uint8Array, options: PeerOptions = {}): Peer {
  if (visit.flag('same-packet')) return openPeer(visit, { ...options, with: bytes });
  const peer = openPeer(visit, options);
  visit.wire.after(0, () => peer.write(bytes));
  return peer;
}
