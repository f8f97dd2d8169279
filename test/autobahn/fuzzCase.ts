import { encodeFrame, type FrameToEncode } from '../../src/core/frames/frameEncoder.js';
import type { DeflateAnswer } from './deflate.js';
import type { ClientEvent, Peer } from './peer.js';

export type Behavior = 'OK' | 'NON-STRICT' | 'INFORMATIONAL' | 'UNIMPLEMENTED' | 'FAILED';

/** One case: what the server sends, what the client may answer, and how the connection must end. */
export interface FuzzCase {
  /** Numbered by the public chapters: 1 framing, 2 pings, 3 reserved bits… */
  readonly id: string;
  readonly description: string;
  /** Null: compression is declined. */
  readonly deflate: DeflateAnswer | null;
  /** Sends; may wait for answers in between. May say that a lenient client is no more than NON-STRICT. */
  readonly script: (peer: Peer) => Promise<Behavior | void>;
  /** The lists of events that are right. */
  readonly expect: readonly (readonly ClientEvent[])[];
  /** Null: the server closes with 1000 once the events are there. Else the client must fail the connection so. */
  readonly failsWith: readonly number[] | null;
  /** The Close the client must answer with where the script itself closes; null: any. */
  readonly closesWith: number | null | undefined;
  readonly informational: boolean;
}

type Parts = Pick<FuzzCase, 'id' | 'description' | 'script'> & Partial<FuzzCase>;

export function fuzzCase(parts: Parts): FuzzCase {
  return { deflate: null, expect: [[]], failsWith: null, closesWith: undefined, informational: false, ...parts };
}

/** The client must answer with exactly these events, and stay. */
export function echoes(
  id: string,
  description: string,
  bytes: Uint8Array | readonly FrameToEncode[],
  expected: readonly ClientEvent[],
  chop = 0,
): FuzzCase {
  return fuzzCase({ id, description, expect: [expected], script: (peer) => peer.send(bytesOf(bytes), chop) });
}

/** The client may answer what came before the fault, all of it or its beginning, and must fail the connection. */
export function fails(
  id: string,
  description: string,
  bytes: Uint8Array | readonly FrameToEncode[],
  codes: readonly number[],
  before: readonly ClientEvent[] = [],
  chop = 0,
): FuzzCase {
  return fuzzCase({
    id,
    description,
    expect: before.map((_, index) => before.slice(0, index)).concat([[...before]]),
    failsWith: codes,
    script: (peer) => peer.send(bytesOf(bytes), chop),
  });
}

export const text = (payload: string | Uint8Array): ClientEvent => ({ kind: 'text', payload: Buffer.from(payload) });
export const binary = (payload: Uint8Array): ClientEvent => ({ kind: 'binary', payload: Buffer.from(payload) });
export const pong = (payload: string | Uint8Array = ''): ClientEvent => ({
  kind: 'pong',
  payload: Buffer.from(payload),
});

/** The frames of a message in pieces of `size`. */
export function fragments(opcode: number, payload: Uint8Array, size: number): FrameToEncode[] {
  const frames: FrameToEncode[] = [];
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const fin = at + size >= payload.length;
    frames.push({ opcode: at === 0 ? opcode : 0, fin, payload: payload.subarray(at, at + size) });
  }
  return frames;
}

function bytesOf(bytes: Uint8Array | readonly FrameToEncode[]): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes.map(encodeFrame));
}
