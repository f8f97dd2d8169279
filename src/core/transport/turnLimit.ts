import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** As many slabs as a log can hand to the disk in that time. */
const TURN_BYTES = 4 * 1024 * 1024;

/**
 * Keeps what one turn of the event loop reads from a socket to what libuv's usual buffer would: with larger ones a peer in a flood
 * is read for seconds before anything else has its turn.
 */
export class TurnLimit {
  #socket: Socket | null = null;
  #bytes = 0;
  #isAsked = false;
  #read: (size: number) => void = () => {};

  /** Once, before the first bytes. */
  hold(socket: Socket): void {
    this.#socket = socket;
    this.#read = socket._read.bind(socket);
    // A stream asks for more as soon as it has handed on what it got, even when reading was stopped then.
    socket._read = (size) => {
      if (this.#bytes < TURN_BYTES) this.#read(size);
      else this.#isAsked = true;
    };
    // With a buffer of its own a socket starts to read whenever it is asked for what it has.
    const read = socket.read.bind(socket);
    socket.read = (size) => (this.#bytes < TURN_BYTES ? read(size) : Duplex.prototype.read.call(socket, size));
  }

  /** Whether more may be read in this turn, after these bytes. */
  more(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes < TURN_BYTES) return true;
    setImmediate(() => this.#nextTurn());
    return false;
  }

  #nextTurn(): void {
    this.#bytes = 0;
    if (!this.#isAsked) return;
    this.#isAsked = false;
    if (this.#socket?.destroyed === false) this.#read(0);
  }
}
