import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { CLEAR_TEXT_IN_TLS } from '../base/tlsWords.js';
import type { Failure } from '../base/evidence.js';
import { success, wait } from './outcome.js';

const TIMEOUT_MS = 1_500;
/** How long more may come behind the first bytes. */
const REST_MS = 50;
const MAX_CLEAR_TEXT = 2_048;

/** Whether TLS broke on bytes that are none of it. */
export function isClearText({ phase, kind, code, message }: Failure): boolean {
  return phase === 'tls' && kind === 'error' && CLEAR_TEXT_IN_TLS.test(`${code ?? ''} ${message}`);
}

/** What waits unread in a stream before TLS has said a word: a server of TLS never speaks first. */
export function unaskedBytes(stream: Duplex): Uint8Array | null {
  const bytes = stream.readableLength > 0 ? (stream.read() as Buffer | null) : null;
  if (bytes === null) return null;
  stream.unshift(bytes);
  return Uint8Array.from(bytes.subarray(0, MAX_CLEAR_TEXT));
}

/** The first bytes with which a stream answers a TLS hello; none where it says nothing. The stream is destroyed. */
export async function answerToHello(stream: Duplex, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const heard: Buffer[] = [];
  await wait<void>({ phase: 'tls', timeoutMs: TIMEOUT_MS, timeoutMessage: '', signal }, (settle) => {
    let rest: NodeJS.Timeout | undefined;
    const done = () => settle(success(undefined));
    const listening = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, next) {
        stream.write(chunk, () => next());
      },
    });
    // A socket below Node's TLS reads for itself; through a stream of ours its bytes can be seen.
    const secured = connect({ socket: listening, rejectUnauthorized: false });
    for (const one of [stream, listening, secured]) one.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      listening.push(chunk);
      rest ??= setTimeout(done, REST_MS);
      if (heard.reduce((sum, { length }) => sum + length, 0) >= MAX_CLEAR_TEXT) done();
    });
    stream.once('close', done);
    stream.once('end', done);
    return () => {
      clearTimeout(rest);
      secured.destroy();
      listening.destroy();
      stream.destroy();
    };
  });
  return Uint8Array.from(Buffer.concat(heard).subarray(0, MAX_CLEAR_TEXT));
}
