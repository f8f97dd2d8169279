import { setTimeout as pause } from 'node:timers/promises';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { echoes, fails, fragments, type FuzzCase, fuzzCase, text } from '../fuzzCase.js';
import type { Behavior, FuzzCase as Case } from '../fuzzCase.js';

/** RFC 6455 8.1: the code for text that is no UTF-8. */
const INVALID_DATA = [1007];
/** A client that fails at once has said so by then. */
const FAIL_FAST_MS = 60;

const HELLO = 'Hello-µ@ßöäüàá-UTF-8!!';
const KOSME = Buffer.from('cebae1bdb9cf83cebcceb5', 'hex');
const BAD = Buffer.concat([KOSME, Buffer.from('f4908080', 'hex'), Buffer.from('edited')]);

/** Boundaries of every length, non-characters, private use: all valid (RFC 3629 4). */
const VALID_POINTS = [
  0x00, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xf8ff, 0xfdd0, 0xfdef, 0xfffd, 0xfffe,
  0xffff, 0x1_0000, 0x1_fffe, 0x1_ffff, 0x2_fffe, 0x3_ffff, 0x4_0000, 0xe_0001, 0xf_fffe, 0x10_0000, 0x10_fffe,
  0x10_ffff,
];

/** What no UTF-8 text contains, by the shape of the fault. */
const INVALID: readonly (readonly [description: string, hex: string])[] = [
  ['a lone continuation byte', '80'],
  ['the last continuation byte alone', 'bf'],
  ['seven continuation bytes', '80bf80bf80bf80'],
  ['a lead of two before a space', 'c020c120c220df20'],
  ['a lead of three before a space', 'e020e120ef20'],
  ['a lead of four before a space', 'f020f120f420'],
  ['a lead of five', 'f8888080'],
  ['a lead of six', 'fc8480808080'],
  ['two bytes cut', 'c3'],
  ['three bytes cut after one', 'e2'],
  ['three bytes cut after two', 'e282'],
  ['four bytes cut after three', 'f09f98'],
  ['two characters, the first cut', 'e282e282ac'],
  ['FE', 'fe'],
  ['FF', 'ff'],
  ['FE FE FF FF', 'fefeffff'],
  ['an overlong slash in two bytes', 'c0af'],
  ['an overlong slash in three bytes', 'e080af'],
  ['an overlong slash in four bytes', 'f08080af'],
  ['an overlong slash in five bytes', 'f8808080af'],
  ['an overlong slash in six bytes', 'fc80808080af'],
  ['the last overlong of two bytes', 'c1bf'],
  ['the last overlong of three bytes', 'e09fbf'],
  ['the last overlong of four bytes', 'f08fbfbf'],
  ['an overlong NUL of two bytes', 'c080'],
  ['an overlong NUL of three bytes', 'e08080'],
  ['an overlong NUL of four bytes', 'f0808080'],
  ['the first high surrogate', 'eda080'],
  ['the last high surrogate', 'edafbf'],
  ['the first low surrogate', 'edb080'],
  ['the last low surrogate', 'edbfbf'],
  ['a pair of surrogates', 'eda080edb080'],
  ['beyond U+10FFFF', 'f4908080'],
  ['a lead of F5', 'f5808080'],
  ['a lead of F7', 'f7bfbfbf'],
];

/** 6: text is UTF-8 however it is cut, and what is none fails the connection. */
export function utf8(): FuzzCase[] {
  return [...good(), ...bad(), ...failFast()];
}

function good(): FuzzCase[] {
  const hello = Buffer.from(HELLO);
  const points = VALID_POINTS.flatMap((point, index) => {
    const payload = Buffer.from(String.fromCodePoint(point));
    const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    return [
      echoes(`6.5.${index * 2 + 1}`, name, [{ opcode: 1, payload }], [text(payload)]),
      echoes(`6.5.${index * 2 + 2}`, `${name}, a byte a fragment`, fragments(1, payload, 1), [text(payload)]),
    ];
  });
  return [
    echoes('6.1.1', 'an empty text', [{ opcode: 1 }], [text('')]),
    echoes('6.1.2', 'three empty fragments', fragments(1, Buffer.alloc(0), 1).concat(), [text('')]),
    echoes(
      '6.1.3',
      'text between empty fragments',
      [{ opcode: 1, fin: false }, { opcode: 0, fin: false, payload: 'middle' }, { opcode: 0 }],
      [text('middle')],
    ),
    echoes('6.2.1', 'text beyond ASCII', [{ opcode: 1, payload: hello }], [text(hello)]),
    echoes('6.2.2', 'in two fragments between characters', fragments(1, hello, 8), [text(hello)]),
    echoes('6.2.3', 'a byte a fragment', fragments(1, hello, 1), [text(hello)]),
    echoes('6.2.4', 'Greek, a byte a fragment', fragments(1, KOSME, 1), [text(KOSME)]),
    ...points,
  ];
}

function bad(): FuzzCase[] {
  const each = INVALID.flatMap(([description, hex], index) => {
    const payload = Buffer.from(hex, 'hex');
    const among = Buffer.concat([KOSME, payload, Buffer.from(' after')]);
    return [
      fails(`6.6.${index * 3 + 1}`, description, [{ opcode: 1, payload }], INVALID_DATA),
      fails(`6.6.${index * 3 + 2}`, `${description}, among good text`, [{ opcode: 1, payload: among }], INVALID_DATA),
      fails(`6.6.${index * 3 + 3}`, `${description}, a byte a fragment`, fragments(1, among, 1), INVALID_DATA),
    ];
  });
  return [
    fails('6.3.1', 'bad text in one frame', [{ opcode: 1, payload: BAD }], INVALID_DATA),
    fails('6.3.2', 'bad text, a byte a fragment', fragments(1, BAD, 1), INVALID_DATA),
    ...each,
  ];
}

/** A client may wait for the end of the message, but it is stricter not to. */
function failFast(): FuzzCase[] {
  const begin = KOSME;
  const fault = Buffer.from('f4908080', 'hex');
  const rest = Buffer.from('edited');
  const inPieces = (id: string, description: string, pieces: readonly Uint8Array[]): Case =>
    fuzzCase({
      id,
      description,
      failsWith: INVALID_DATA,
      script: async (peer): Promise<Behavior> => {
        const until = pieces.slice(0, -1);
        for (const piece of until) await peer.send(piece);
        await Promise.race([peer.closing(), pause(FAIL_FAST_MS)]);
        const strict = peer.closeCode !== null || peer.ended;
        await peer.send(pieces.at(-1) ?? Buffer.alloc(0));
        return strict ? 'OK' : 'NON-STRICT';
      },
    });
  const frames = (payloads: readonly Buffer[]) =>
    payloads.map((payload, index) =>
      encodeFrame({ opcode: index === 0 ? 1 : 0, fin: index === payloads.length - 1, payload }),
    );
  const whole = encodeFrame({ opcode: 1, payload: Buffer.concat([begin, fault, rest]) });
  const at = whole.length - rest.length;
  return [
    inPieces('6.4.1', 'a fault in the second of three fragments', frames([begin, fault, rest])),
    inPieces('6.4.2', 'half a fault in the second fragment', frames([begin, fault.subarray(0, 2), rest])),
    inPieces('6.4.3', 'a fault in the middle of a frame', [whole.subarray(0, at), whole.subarray(at)]),
    inPieces('6.4.4', 'half a fault in the middle of a frame', [whole.subarray(0, at - 2), whole.subarray(at - 2)]),
  ];
}
