import type { ClientHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * What `ws` works on over HTTP/2. Until the stream is accepted, what is written to it is the head of the upgrade request, which goes
 * no further; from then on it is a passage to the stream, in both directions, with the back-pressure of each.
 */
export class UpgradeStream extends Duplex {
  readonly #onDestroyed: () => void;
  #http: ClientHttp2Stream | null = null;
  #accepted = false;
  #full = false;

  constructor(onDestroyed: () => void) {
    super({ allowHalfOpen: true });
    this.#onDestroyed = onDestroyed;
  }

  /** What `http` brings is pushed from now on, wherever a tap lets it go. */
  feedFrom(http: ClientHttp2Stream): void {
    this.#http = http;
    http.on('data', (chunk: Buffer) => {
      if (this.destroyed || this.push(chunk)) return;
      this.#full = true;
      http.pause();
    });
  }

  /** What is written from now on goes out. `answer` is the head that `ws` is to see, by no tap; null: no `ws` reads this. */
  accept(answer: string | null): void {
    this.#accepted = true;
    if (answer !== null) super.push(Buffer.from(answer, 'latin1'));
  }

  override _read(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#http?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#http && this.#accepted) this.#http.write(chunk, done);
    else done();
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    const http = this.#http;
    if (!http || !this.#accepted) {
      done();
      return;
    }
    http.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      if (index === chunks.length - 1) http.write(chunk, done);
      else http.write(chunk);
    }
    http.uncork();
  }

  override _final(done: Done): void {
    const http = this.#http;
    if (!http || http.destroyed) done();
    else http.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#onDestroyed();
    done(error);
  }
}
