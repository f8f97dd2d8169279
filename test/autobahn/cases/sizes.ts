import { binary, echoes, fragments, type FuzzCase, fuzzCase, text } from '../fuzzCase.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** As many fragments as a message may have. */
const MOST_FRAGMENTS = 131_072;

const KINDS = [
  { opcode: 1, byte: 0x2a, event: text },
  { opcode: 2, byte: 0xfe, event: binary },
] as const;

/** 9: messages large, in many fragments, in many pieces, and many one after the other. */
export function sizes(): FuzzCase[] {
  return KINDS.flatMap(({ opcode, byte, event }, kind) => {
    const big = [64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB].map((size, index) => {
      const payload = Buffer.alloc(size, byte);
      return echoes(`9.${kind + 1}.${index + 1}`, `${size} bytes`, [{ opcode, payload }], [event(payload)]);
    });
    const inFragments = [
      [4 * MIB, 64],
      [64 * MOST_FRAGMENTS, 64],
      [4 * MIB, KIB],
      [4 * MIB, 64 * KIB],
    ] as const;
    const fragmented = inFragments.map(([size, piece], index) => {
      const payload = Buffer.alloc(size, byte);
      const name = `${size} bytes in ${size / piece} fragments`;
      return echoes(`9.${kind + 3}.${index + 1}`, name, fragments(opcode, payload, piece), [event(payload)]);
    });
    const chopped = [64, 512, 2 * KIB].map((chop, index) => {
      const payload = Buffer.alloc(MIB, byte);
      const name = `1 MiB in pieces of ${chop}`;
      return echoes(`9.${kind + 5}.${index + 1}`, name, [{ opcode, payload }], [event(payload)], chop);
    });
    const many = [0, 16, 256, 4 * KIB].map((size, index) => {
      const payload = Buffer.alloc(size, byte);
      const count = 1_000;
      return fuzzCase({
        id: `9.${kind + 7}.${index + 1}`,
        description: `${count} messages of ${size} bytes, each after the echo of the one before`,
        expect: [Array(count).fill(event(payload))],
        script: async (peer) => {
          for (let sent = 0; sent < count && !peer.ended; sent++) {
            await peer.frame({ opcode, payload });
            await peer.received(sent + 1);
          }
        },
      });
    });
    return [...big, ...fragmented, ...chopped, ...many];
  });
}

/** 10: what a client that fragments by itself must still send as one message. */
export function autoFragment(): FuzzCase[] {
  const payload = Buffer.alloc(65_536, 0x2a);
  return [echoes('10.1.1', '65536 bytes in fragments of 1300', fragments(1, payload, 1_300), [text(payload)])];
}
