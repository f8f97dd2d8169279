import { Duplex } from 'node:stream';

export interface UpgradeStreamEvents {
  /** The whole HTTP/1.1 head that `ws` has written, latin1. */
  readonly onRequest: (head: string) => void;
  readonly onDestroyed: () => void;
}

type Done = (error?: Error | null) => void;

/**
 * What `ws` works on over HTTP/2. It takes the head of the upgrade request off `ws`, gives it a 101 once the stream is accepted, and
 * from then on is a passage to the stream, in both directions, with the back-pressure of each.
 */
export class UpgradeStream extends Duplex {
  readonly #events: UpgradeStreamEvents;
  #head = '';
  #asked = false;
  #target: Duplex | null = null;
  #resume: (() => void) | null = null;

  constructor(events: UpgradeStreamEvents) {
    super({ allowHalfOpen: true });
    this.#events = events;
  }

  /** `answer` is the head that `ws` is to see; `target` carries the frames. */
  accept(answer: string, target: Duplex): void {
    this.#target = target;
    this.push(Buffer.from(answer, 'latin1'));
    target.on('data', (chunk: Buffer) => {
      if (this.push(chunk)) return;
      target.pause();
      this.#resume = () => target.resume();
    });
    target.once('end', () => this.push(null));
    target.once('close', () => this.destroy());
    target.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#target) {
      this.#target.write(chunk, done);
      return;
    }
    if (!this.#asked) {
      this.#head += chunk.toString('latin1');
      if (this.#head.endsWith('\r\n\r\n')) {
        this.#asked = true;
        this.#events.onRequest(this.#head);
      }
    }
    done();
  }

  override _final(done: Done): void {
    if (this.#target) this.#target.end(() => done());
    else done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#events.onDestroyed();
    done(error);
  }
}
