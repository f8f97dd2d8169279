import type { FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { fails, type FuzzCase, fuzzCase, text } from '../fuzzCase.js';
import type { ClientEvent } from '../peer.js';

const HELLO = { opcode: 1, payload: 'Hello World!' };

const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const INVALID = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

/** 7: the closing handshake, codes and reasons, and what comes after a Close. */
export function closing(): FuzzCase[] {
  const big = Buffer.alloc(262_144, 0x2a);
  return [
    closes('7.1.1', 'a message and a Close at once', [HELLO, close(1000)], 1000, [text('Hello World!')]),
    closes('7.1.2', 'two Closes', [close(1000), close(1000)], 1000),
    closes('7.1.3', 'a ping after the Close', [close(1000), { opcode: 9, payload: 'late' }], 1000),
    closes('7.1.4', 'a text after the Close', [close(1000), HELLO], 1000),
    closes(
      '7.1.5',
      'the end of a message after the Close',
      [{ opcode: 1, fin: false, payload: 'a' }, close(1000), { opcode: 0, payload: 'b' }],
      1000,
    ),
    closes('7.1.6', '256 KiB, a text and a Close', [{ opcode: 1, payload: big }, HELLO, close(1000)], 1000, [
      text(big),
      text('Hello World!'),
    ]),
    closes('7.3.1', 'a Close without payload', [{ opcode: 8 }], 1005),
    fails('7.3.2', 'a Close with one byte', [{ opcode: 8, payload: 'a' }], [1002]),
    closes('7.3.3', 'a Close with a code alone', [close(1000)], 1000),
    closes('7.3.4', 'a Close with a reason', [close(1000, 'Hello World!')], 1000),
    closes('7.3.5', 'a Close with a reason of 123 bytes', [close(1000, 'a'.repeat(123))], 1000),
    fails('7.3.6', 'a Close with a reason of 124 bytes', [close(1000, 'a'.repeat(124))], [1002]),
    fails('7.5.1', 'a reason that is no UTF-8', [close(1000, Buffer.from('cebae1bdb9f4908080', 'hex'))], [1007]),
    ...VALID.map((code, index) => closes(`7.7.${index + 1}`, `code ${code}`, [close(code)], code)),
    ...VALID.map((code, index) =>
      closes(`7.8.${index + 1}`, `code ${code} with a reason`, [close(code, 'reason')], code),
    ),
    ...INVALID.map((code, index) => fails(`7.9.${index + 1}`, `code ${code}`, [close(code)], [1002])),
    silent('7.13.1', 'FIN without a Close', []),
    silent('7.13.2', 'FIN in the middle of a message', [{ opcode: 1, fin: false, payload: 'half' }]),
  ];
}

function close(code: number, reason: string | Uint8Array = ''): FrameToEncode {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return { opcode: 8, payload: Buffer.concat([payload, Buffer.from(reason)]) };
}

function closes(
  id: string,
  description: string,
  frames: readonly FrameToEncode[],
  code: number,
  events: readonly ClientEvent[] = [],
): FuzzCase {
  return fuzzCase({
    id,
    description,
    expect: [events],
    closesWith: code,
    script: async (peer) => {
      for (const frame of frames)
        await (frame.opcode === 8 ? peer.rawClose(Buffer.from(frame.payload ?? '')) : peer.frame(frame));
    },
  });
}

/** The server is gone without a word: nothing to say, and nothing to fail. */
function silent(id: string, description: string, frames: readonly FrameToEncode[]): FuzzCase {
  return fuzzCase({
    id,
    description,
    informational: true,
    closesWith: null,
    script: async (peer) => {
      for (const frame of frames) await peer.frame(frame);
      await peer.end();
    },
  });
}
