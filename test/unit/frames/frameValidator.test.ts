import assert from 'node:assert/strict';
import type { FrameViolation } from '../../../src/core/base/frame.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { FrameValidator, type FrameValidatorOptions } from '../../../src/core/frames/frameValidator.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { splitAt } from '../../support/splitAt.js';

/** Every violation that a stream gives: of whole frames, and of the half one after each chunk. */
function violations(chunks: readonly Uint8Array[], options: Partial<FrameValidatorOptions> = {}): FrameViolation[] {
  const found: FrameViolation[] = [];
  const settings = { direction: 'received' as const, deflate: false, maxMessageBytes: 1000, ...options };
  const validator = new FrameValidator(settings);
  const note = (violation: FrameViolation | null): void => {
    if (violation !== null) found.push(violation);
  };
  const decoder = new FrameDecoder({
    direction: settings.direction,
    keepPayloadBytes: 4096,
    onFrame: (frame) => note(validator.check(frame)),
  });
  for (const chunk of chunks) {
    decoder.push(chunk, 0);
    note(validator.checkPending(decoder.pending()));
  }
  return found;
}

function idOf(frames: readonly FrameToEncode[], options: Partial<FrameValidatorOptions> = {}): string | null {
  const bytes = Buffer.concat(frames.map(encodeFrame));
  const whole = violations([bytes], options);
  const single = violations(
    Array.from(bytes, (byte) => Uint8Array.of(byte)),
    options,
  );
  assert.equal(single[0]?.id, whole[0]?.id, 'byte by byte as in one piece');
  assert.ok(whole.length <= 1 && single.length <= 1, 'said once');
  return whole[0]?.id ?? null;
}

const text = (payload: Uint8Array | string, more: Partial<FrameToEncode> = {}): FrameToEncode => ({
  opcode: 1,
  payload,
  ...more,
});
const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex');

describe('FrameValidator', () => {
  const table: [name: string, frames: FrameToEncode[], id: string | null, options?: Partial<FrameValidatorOptions>][] =
    [
      [
        'accepts text, binary, ping, pong and close',
        [text('a'), { opcode: 2 }, { opcode: 9 }, { opcode: 10 }, { opcode: 8 }],
        null,
      ],
      [
        'accepts fragments with a ping between them',
        [text('a', { fin: false }), { opcode: 9 }, { opcode: 0, payload: 'b' }, text('c')],
        null,
      ],
      [
        'accepts RSV1 on a first frame when deflate was negotiated',
        [text('x', { rsv1: true, fin: false }), { opcode: 0 }],
        null,
        { deflate: true },
      ],
      [
        'accepts lengths that are longer than need be',
        [text('a', { lengthBytes: 8 }), text('a', { lengthBytes: 2 })],
        null,
      ],
      ['refuses RSV1 without deflate', [text('x', { rsv1: true })], 'frame.reserved-bits'],
      [
        'refuses RSV1 on a continuation',
        [text('x', { rsv1: true, fin: false }), { opcode: 0, rsv1: true }],
        'frame.reserved-bits',
        { deflate: true },
      ],
      ['refuses RSV1 on a control frame', [{ opcode: 9, rsv1: true }], 'frame.reserved-bits', { deflate: true }],
      ['refuses RSV2', [text('x', { rsv2: true })], 'frame.reserved-bits', { deflate: true }],
      ['refuses RSV3', [text('x', { rsv3: true })], 'frame.reserved-bits', { deflate: true }],
      ['refuses opcode 3', [{ opcode: 3 }], 'frame.invalid-opcode'],
      ['refuses opcode 15', [{ opcode: 15 }], 'frame.invalid-opcode'],
      [
        'refuses a control frame with an extended length',
        [{ opcode: 9, payload: 'x', lengthBytes: 2 }],
        'frame.invalid-control',
      ],
      ['refuses an orphan continuation', [{ opcode: 0, payload: 'x' }], 'frame.unexpected-continuation'],
      [
        'refuses a continuation after the last one',
        [text('a', { fin: false }), { opcode: 0 }, { opcode: 0 }],
        'frame.unexpected-continuation',
      ],
      ['refuses a new message inside another', [text('a', { fin: false }), text('b')], 'frame.expected-continuation'],
      ['refuses a fragmented control frame', [{ opcode: 9, fin: false }], 'frame.invalid-control'],
      ['refuses a control frame of 126 bytes', [{ opcode: 9, payload: Buffer.alloc(126) }], 'frame.invalid-control'],
      ['accepts a control frame of 125 bytes', [{ opcode: 9, payload: Buffer.alloc(125) }], null],
      ['refuses a close of one byte', [{ opcode: 8, payload: 'x' }], 'frame.invalid-close'],
      ['refuses the close code 1005', [{ opcode: 8, payload: hex('03ed') }], 'frame.invalid-close'],
      ['refuses the close code 2999', [{ opcode: 8, payload: hex('0bb7') }], 'frame.invalid-close'],
      ['refuses a close reason that is not UTF-8', [{ opcode: 8, payload: hex('03e8ff') }], 'frame.invalid-utf8'],
      ['refuses a masked frame of a server', [text('a', { maskKey: 0x01020304 })], 'frame.masked'],
      ['refuses an unmasked frame of a client', [text('a')], 'frame.masked', { direction: 'sent' }],
      ['accepts a masked frame of a client', [text('a', { maskKey: 0 })], null, { direction: 'sent' }],
      ['refuses text that is not UTF-8', [text(hex('61ff'))], 'frame.invalid-utf8'],
      ['refuses text that ends inside a character', [text(hex('e282'))], 'frame.invalid-utf8'],
      [
        'accepts a character split over fragments',
        [
          text(hex('e2'), { fin: false }),
          { opcode: 0, fin: false, payload: hex('82') },
          { opcode: 0, payload: hex('ac') },
        ],
        null,
      ],
      [
        'refuses fragments that end inside a character',
        [text(hex('e2'), { fin: false }), { opcode: 0, payload: hex('82') }],
        'frame.invalid-utf8',
      ],
      [
        'refuses bad text before the message has ended',
        [text('a', { fin: false }), { opcode: 0, fin: false, payload: hex('ff') }],
        'frame.invalid-utf8',
      ],
      [
        'does not read binary as text',
        [
          { opcode: 2, payload: hex('ff') },
          { opcode: 2, fin: false, payload: hex('ff') },
          { opcode: 0, payload: hex('ff') },
        ],
        null,
      ],
      ['does not read compressed text', [text(hex('ff'), { rsv1: true })], null, { deflate: true }],
      ['does not read text that the decoder cut', [text(Buffer.alloc(5000, 0xff))], null, { maxMessageBytes: 10_000 }],
      ['accepts a message at the limit', [text('x'.repeat(1000))], null],
      ['refuses a message over the limit', [text('x'.repeat(1001))], 'limit.message-size'],
      [
        'counts the size over fragments',
        [text('x'.repeat(600), { fin: false }), { opcode: 0, payload: 'x'.repeat(401) }],
        'limit.message-size',
      ],
      ['counts each message for itself', [text('x'.repeat(900)), text('x'.repeat(900))], null],
      [
        'says nothing of what follows a close',
        [{ opcode: 8, payload: hex('03e8') }, { opcode: 3 }, text(hex('ff'))],
        null,
      ],
      ['says the first violation only', [{ opcode: 3 }, { opcode: 4 }, text(hex('ff'))], 'frame.invalid-opcode'],
    ];
  for (const [name, frames, id, options] of table) it(name, () => assert.equal(idOf(frames, options), id));

  it('takes 131072 fragments and refuses one more', () => {
    const fragment = encodeFrame({ opcode: 0, fin: false });
    const first = encodeFrame({ opcode: 2, fin: false });
    const many = Buffer.concat([first, ...Array<Buffer>(131_071).fill(fragment)]);
    assert.deepEqual(violations([many]), []);
    assert.deepEqual(violations([many, encodeFrame({ opcode: 0 })])[0]?.id, 'limit.fragments');
  });

  it('gives the place and the bytes of the frame', () => {
    const [violation] = violations([encodeFrame(text('ok')), encodeFrame(text('ok')), hex('83027878')]);
    assert.equal(violation!.wireOffset, 8);
    assert.equal(violation!.hex, '83 02 78 78');
    assert.match(violation!.message, /0x3/);
  });

  it('gives the bytes of a masked frame as they stood on the wire', () => {
    const [violation] = violations([encodeFrame(text('a', { maskKey: 0xfedcba98 }))]);
    assert.equal(violation!.hex, '81 81 fe dc ba 98 9f');
  });

  it('names the byte that is not UTF-8, counted over fragments', () => {
    const [violation] = violations([
      encodeFrame(text('abc', { fin: false })),
      encodeFrame({ opcode: 0, payload: hex('64ff') }),
    ]);
    assert.match(violation!.message, /byte 4\b/);
  });

  describe('of a half frame', () => {
    it('refuses a declared size at its header', () => {
      for (const declaredBytes of [1001n, 2n ** 30n, 2n ** 40n, 2n ** 53n, 2n ** 63n]) {
        const header = encodeFrame({ opcode: 2, declaredBytes });
        const [violation, ...others] = violations([header, Buffer.alloc(2000)]);
        assert.equal(violation?.id, 'limit.message-size');
        assert.equal(violation.hex, header.toString('hex').replace(/(..)(?=.)/g, '$1 '));
        assert.deepEqual(others, []);
      }
      assert.match(violations([encodeFrame({ opcode: 2, declaredBytes: 2n ** 63n })])[0]!.message, /2\^53/);
    });

    it('judges flags, opcode, mask and order by the first two bytes', () => {
      for (const [bytes, id] of [
        ['c17e', 'frame.reserved-bits'],
        ['837e', 'frame.invalid-opcode'],
        ['807e', 'frame.unexpected-continuation'],
        ['0905', 'frame.invalid-control'],
        ['897e', 'frame.invalid-control'],
        ['897f', 'frame.invalid-control'],
        ['81fe', 'frame.masked'],
        ['8801', 'frame.invalid-close'],
      ] as const) {
        assert.equal(violations([hex(bytes)])[0]?.id, id, bytes);
      }
    });

    it('waits for what it cannot know', () => {
      for (const bytes of ['83', '817e', '827f00000000', '810568', '8803', '887d']) {
        assert.deepEqual(violations([hex(bytes)]), [], bytes);
      }
    });
  });

  describe('of HTTP after the upgrade', () => {
    const pages = [
      'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 400 Bad Request\r\n',
      `<!DOCTYPE html><html>${'x'.repeat(200)}</html>`,
      '<html>',
      '<',
      '\r\n<html><body>Bad gateway</body></html>',
      `HTTP/1.1 200 OK\r\n\r\n${'y'.repeat(500)}`,
    ];
    for (const page of pages) {
      it(`knows ${JSON.stringify(page.slice(0, 24))} in any split`, () => {
        const bytes = Buffer.from(page);
        const whole = violations([bytes]);
        assert.deepEqual(
          whole.map(({ id, wireOffset }) => [id, wireOffset]),
          [['frame.http-after-upgrade', 0]],
        );
        for (let cut = 1; cut < Math.min(bytes.length, 30); cut++) {
          const cutIds = violations(splitAt(bytes, [cut])).map(({ id }) => id);
          assert.deepEqual(cutIds, ['frame.http-after-upgrade'], `cut at ${cut}`);
        }
      });
    }

    it('shows what the bytes say', () => {
      assert.match(violations([Buffer.from(pages[0]!)])[0]!.message, /HTTP\/1\.1 502 Bad Gateway/);
      assert.match(violations([Buffer.from('{"error":"no such stream"}')])[0]!.message, /\{"error":"no such stream"\}/);
    });

    it('knows a status line in place of a later frame, in any split', () => {
      const bytes = Buffer.concat([encodeFrame(text('a')), Buffer.from('HTTP/1.1 408 Request Timeout\r\n\r\n')]);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const [violation, ...others] = violations(splitAt(bytes, [cut]));
        assert.equal(violation?.id, 'frame.http-after-upgrade');
        assert.equal(violation?.wireOffset, 3);
        assert.deepEqual(others, []);
      }
    });

    it('guesses at HTML only from the first bytes of the server', () => {
      assert.equal(violations([encodeFrame(text('a')), Buffer.from('<html>')])[0]!.id, 'frame.reserved-bits');
      assert.equal(violations([Buffer.from('<html>')], { direction: 'sent' })[0]!.id, 'frame.reserved-bits');
    });

    it('lets the beginning of a frame pass that only might become HTTP', () => {
      assert.deepEqual(violations([Buffer.from('H')]), []);
      assert.deepEqual(violations([Buffer.from('HT')]), []);
      assert.equal(violations([Buffer.from('HTx')])[0]!.id, 'frame.reserved-bits');
    });
  });

  it('judges every first byte with and without a mask as RFC 6455 does', () => {
    const open = new Set([0x81, 0x82, 0x88, 0x89, 0x8a, 0x01, 0x02]);
    for (let first = 0; first < 256; first++) {
      for (const maskKey of [undefined, 0x0a0b0c0d]) {
        const bytes = encodeFrame({ opcode: 0, payload: hex('03e8'), maskKey });
        bytes[0] = first;
        // 03 e8 is a good close code, a text that ends inside a character, and a fragment that may go on.
        const good = open.has(first) && maskKey === undefined && first !== 0x81;
        assert.equal(violations([bytes]).length === 0, good, first.toString(16));
      }
    }
  });
});
