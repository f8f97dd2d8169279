import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { formatDuration, formatLimit } from '../../../src/core/text/durations.js';
import { hexDump, hexPreview } from '../../../src/core/text/hex.js';
import { opcodeName } from '../../../src/core/text/opcodes.js';
import { formatBytes } from '../../../src/core/text/sizes.js';

describe('formats of text', () => {
  it('gives durations three figures and a unit', () => {
    const table: readonly (readonly [number, string])[] = [
      [0, '0.00 ms'],
      [0.421, '0.42 ms'],
      [9.996, '10.0 ms'],
      [12.34, '12.3 ms'],
      [312.4, '312 ms'],
      [999.6, '1.00 s'],
      [1250, '1.25 s'],
      [59_940, '59.9 s'],
      [59_960, '1 min 0 s'],
      [125_000, '2 min 5 s'],
      [Number.NaN, '–'],
    ];
    for (const [ms, text] of table) assert.equal(formatDuration(ms), text);
  });

  it('leaves round limits round', () => {
    assert.deepEqual([200, 1000, 2500, 60_000, 0.5].map(formatLimit), ['200 ms', '1 s', '2.5 s', '1 min', '0.5 ms']);
  });

  it('counts bytes in binary units', () => {
    assert.deepEqual([0, 1023, 1536, 5 * 1024 ** 2, 3 * 1024 ** 3, 5000 * 1024 ** 3].map(formatBytes), [
      '0 B',
      '1023 B',
      '1.5 KiB',
      '5 MiB',
      '3 GiB',
      '5000 GiB',
    ]);
  });

  it('names opcodes, reserved ones too', () => {
    assert.deepEqual([0, 1, 2, 8, 9, 10, 3, 15].map(opcodeName), [
      'continuation',
      'text',
      'binary',
      'close',
      'ping',
      'pong',
      'opcode 0x3',
      'opcode 0xf',
    ]);
  });

  it('dumps sixteen bytes a line with offset and ASCII', () => {
    const bytes = new TextEncoder().encode('GET / HTTP/1.1\r\nHo');
    assert.equal(
      hexDump(bytes),
      [
        '00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..',
        '00000010  48 6f                                             Ho',
      ]
        .map((line) => `${line}\n`)
        .join(''),
    );
    assert.equal(hexDump(new Uint8Array()), '');
  });

  it('loses no byte in the dump', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const pairs = hexDump(bytes)
          .split('\n')
          .flatMap((line) => line.slice(10, 58).match(/[0-9a-f]{2}/g) ?? []);
        assert.deepEqual(
          Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)),
          Uint8Array.from(bytes),
        );
      }),
    );
  });

  it('previews the first bytes', () => {
    assert.equal(hexPreview(Uint8Array.of(1, 2, 3), 2), '01 02 …');
    assert.equal(hexPreview(Uint8Array.of(255), 2), 'ff');
  });
});
