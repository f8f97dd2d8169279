import { type FuzzCase, fuzzCase, text, binary } from '../fuzzCase.js';
import type { DeflateAnswer } from '../deflate.js';
import type { ClientEvent } from '../peer.js';

const MESSAGES = 10;
const SIZES = [0, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 131_072];

/** Payloads of every kind: text that repeats itself, JSON, and bytes that nothing compresses. */
const KINDS: readonly (readonly [name: string, make: (size: number) => ClientEvent])[] = [
  [
    'prose',
    (size) => text('The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(size / 45)).slice(0, size)),
  ],
  ['JSON', (size) => text(json(size))],
  ['zeros', (size) => binary(Buffer.alloc(size))],
  ['noise', (size) => binary(noise(size))],
];

const ANSWERS: readonly DeflateAnswer[] = [
  {},
  { serverNoContextTakeover: true },
  { serverMaxWindowBits: 9 },
  { serverMaxWindowBits: 15 },
  { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
  { clientNoContextTakeover: true },
  { clientMaxWindowBits: 9 },
  { clientMaxWindowBits: 15 },
  { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
];

/** 12: every kind and size of payload, compressed. */
export function compressedPayloads(): FuzzCase[] {
  return KINDS.flatMap(([name, make], kind) =>
    SIZES.map((size, index) => conversation(`12.${kind + 1}.${index + 1}`, `${name}, ${size} bytes`, {}, make(size))),
  );
}

/** 13: every answer to the offer, small and large, whole and in fragments. */
export function compressionParameters(): FuzzCase[] {
  return ANSWERS.flatMap((answer, row) => {
    const named = JSON.stringify(answer);
    return [16, 1_024, 65_536].flatMap((size, index) => [
      conversation(`13.${row + 1}.${index * 2 + 1}`, `${named}, ${size} bytes`, answer, text(json(size))),
      conversation(
        `13.${row + 1}.${index * 2 + 2}`,
        `${named}, ${size} bytes in fragments`,
        answer,
        text(json(size)),
        7,
      ),
    ]);
  });
}

function conversation(
  id: string,
  description: string,
  deflate: DeflateAnswer,
  message: ClientEvent,
  pieces = 1,
): FuzzCase {
  const { payload } = message;
  return fuzzCase({
    id,
    description,
    deflate,
    expect: [Array(MESSAGES).fill(message)],
    script: async (peer) => {
      const size = pieces === 1 ? undefined : Math.max(1, Math.ceil(payload.length / pieces / 4));
      for (let sent = 0; sent < MESSAGES; sent++) await peer.compressed(message.kind === 'text' ? 1 : 2, payload, size);
    },
  });
}

function json(size: number): string {
  const row = (index: number) =>
    JSON.stringify({ id: index, name: `item ${(index * 7919) % 1000}`, ok: index % 3 === 0 });
  return Array.from({ length: Math.ceil(size / 40) }, (_, index) => row(index))
    .join(',')
    .slice(0, size)
    .padEnd(size, ' ');
}

/** The same bytes in every run (xorshift). */
function noise(size: number): Buffer {
  let state = 0x9e3779b9;
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
