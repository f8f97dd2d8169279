import type { FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { binary, echoes, fails, type FuzzCase, pong, text } from '../fuzzCase.js';
import type { ClientEvent } from '../peer.js';

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536];
const PROTOCOL_ERROR = [1002];

/** 1: every way to write a length, text and binary, whole and chopped. */
export function framing(): FuzzCase[] {
  const each = ([chapter, opcode, byte, event]: readonly [
    string,
    number,
    number,
    (payload: Uint8Array) => ClientEvent,
  ]) => {
    const whole = SIZES.map((size, index) => {
      const payload = Buffer.alloc(size, byte);
      return echoes(`${chapter}.${index + 1}`, `${size} bytes`, [{ opcode, payload }], [event(payload)]);
    });
    const large = Buffer.alloc(65_536, byte);
    const name = `${chapter}.${SIZES.length + 1}`;
    return [...whole, echoes(name, '65536 bytes in pieces of 997', [{ opcode, payload: large }], [event(large)], 997)];
  };
  const kinds = [
    ['1.1', 1, 0x2a, text],
    ['1.2', 2, 0xfe, binary],
  ] as const;
  return kinds.flatMap(each);
}

/** 2: pings are answered with their payload, pongs are not. */
export function pings(): FuzzCase[] {
  const binaryPayload = Buffer.from('00fffefdfcfb00ff', 'hex');
  const full = Buffer.alloc(125, 0xfe);
  const ten = Array.from({ length: 10 }, (_, index) => Buffer.from(`payload-${index}`));
  const flood = Array.from({ length: 1_000 }, (_, index) => Buffer.from(`flood-${index}`));
  const ping = (payload: Uint8Array | string = ''): FrameToEncode => ({ opcode: 9, payload });
  const idle = (payload: string): FrameToEncode => ({ opcode: 10, payload });
  return [
    echoes('2.1', 'a ping without payload', [ping()], [pong()]),
    echoes('2.2', 'a ping with text', [ping('Hello, world!')], [pong('Hello, world!')]),
    echoes('2.3', 'a ping with bytes', [ping(binaryPayload)], [pong(binaryPayload)]),
    echoes('2.4', 'a ping with 125 bytes', [ping(full)], [pong(full)]),
    fails('2.5', 'a ping with 126 bytes', [ping(Buffer.alloc(126, 0xfe))], PROTOCOL_ERROR),
    echoes('2.6', 'a ping byte by byte', [ping(full)], [pong(full)], 1),
    echoes('2.7', 'a pong nobody asked for, without payload', [idle(''), ping('after')], [pong('after')]),
    echoes('2.8', 'a pong nobody asked for', [idle('unsolicited'), ping('after')], [pong('after')]),
    echoes('2.9', 'a pong nobody asked for, then a ping', [idle('unsolicited'), ping('ping')], [pong('ping')]),
    echoes('2.10', 'ten pings', ten.map(ping), ten.map(pong)),
    echoes('2.11', 'ten pings byte by byte', ten.map(ping), ten.map(pong), 1),
    echoes('2.12', 'a thousand pings at once', flood.map(ping), flood.map(pong)),
  ];
}

/** 3: reserved bits that nothing was negotiated for. */
export function reservedBits(): FuzzCase[] {
  const hello = { opcode: 1, payload: 'Hello, world!' };
  const good = text('Hello, world!');
  const bits = [
    ['3.1', 'RSV3 on text', { ...hello, rsv3: true }],
    ['3.2', 'RSV2 on text', { ...hello, rsv2: true }],
    ['3.3', 'RSV2 and RSV3 on text', { ...hello, rsv2: true, rsv3: true }],
    ['3.4', 'RSV1 on text', { ...hello, rsv1: true }],
    ['3.5', 'RSV1 and RSV3 on binary', { opcode: 2, payload: 'bytes', rsv1: true, rsv3: true }],
    ['3.6', 'RSV1 and RSV2 on a ping', { opcode: 9, payload: 'ping', rsv1: true, rsv2: true }],
    ['3.7', 'all of them on a Close', { opcode: 8, rsv1: true, rsv2: true, rsv3: true }],
  ] as const;
  return bits.flatMap(([id, description, frame]) => [
    fails(`${id}.1`, `${description}, first`, [frame], PROTOCOL_ERROR),
    fails(`${id}.2`, `${description}, after a good message`, [hello, frame, { opcode: 9 }], PROTOCOL_ERROR, [good]),
    fails(`${id}.3`, `${description}, byte by byte`, [hello, frame, { opcode: 9 }], PROTOCOL_ERROR, [good], 1),
  ]);
}

/** 4: opcodes that mean nothing yet. */
export function opcodes(): FuzzCase[] {
  const hello = { opcode: 1, payload: 'Hello, world!' };
  const reserved = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
  return reserved.flatMap((opcode) => {
    const id = `4.${opcode < 8 ? 1 : 2}.${opcode < 8 ? opcode - 2 : opcode - 10}`;
    const name = `opcode ${opcode}`;
    const codes = PROTOCOL_ERROR;
    const after = [hello, { opcode, payload: 'reserved' }, { opcode: 9 }];
    return [
      fails(`${id}.1`, `${name}, first`, [{ opcode }], codes),
      fails(`${id}.2`, `${name}, after a good message`, after, codes, [text('Hello, world!')]),
    ];
  });
}
