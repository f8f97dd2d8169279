import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { incompleteTail, Utf8Checker } from '../../../src/core/frames/utf8.js';
import { splitAt } from '../../support/splitAt.js';

/** The verdict on a text in pieces: where it goes wrong, or null. */
function check(pieces: readonly Uint8Array[]): number | null {
  const checker = new Utf8Checker();
  for (const piece of pieces) {
    const at = checker.push(piece);
    if (at !== null) return at;
  }
  return checker.end();
}

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const nearlyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom('c080', 'e08080', 'eda080', 'f08080', 'f4908080', 'ff', '80', 'e2', 'f09f')
        .map((hex) => Buffer.from(hex, 'hex')),
    ),
    { maxLength: 6 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

describe('Utf8Checker', () => {
  it('agrees with TextDecoder on any bytes in any split', () => {
    fc.assert(
      fc.property(
        fc.oneof(nearlyText, fc.uint8Array({ maxLength: 24 })),
        fc.array(fc.nat(), { maxLength: 8 }),
        (bytes, places) => {
          assert.equal(check(splitAt(bytes, places)) === null, isValid(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('names the first byte that cannot be right', () => {
    for (const [hex, at] of [
      ['ff', 0],
      ['6180', 1],
      ['c3a9ff', 2],
      ['e282ff61', 2],
      ['eda080', 1],
      ['e08080', 1],
      ['f4908080', 1],
      ['f0808080', 1],
      ['c080', 0],
      ['6162e282', 2],
    ] as const) {
      assert.equal(check([Buffer.from(hex, 'hex')]), at, hex);
    }
  });

  it('counts from the start of the text over its pieces', () => {
    assert.equal(check([Buffer.from('abc'), Buffer.from('e282', 'hex'), Buffer.from('ac6180', 'hex')]), 7);
  });

  it('finds a hopeless beginning before the rest has come', () => {
    for (const hex of ['c0', 'c1', 'f5', 'ff', '80', 'eda0', 'e080', 'f08f', 'f490', 'e2e2']) {
      assert.notEqual(new Utf8Checker().push(Buffer.from(hex, 'hex')), null, hex);
    }
    for (const hex of ['c2', 'df', 'e0', 'e0a0', 'ed', 'ed9f', 'ef', 'f0', 'f090', 'f09080', 'f4', 'f48f', 'f48fbf']) {
      assert.equal(new Utf8Checker().push(Buffer.from(hex, 'hex')), null, hex);
    }
  });
});

describe('incompleteTail', () => {
  it('counts the bytes of a character that is cut', () => {
    for (const [hex, tail] of [
      ['', 0],
      ['61', 0],
      ['61c3', 1],
      ['c3a9', 0],
      ['e282', 2],
      ['e282ac', 0],
      ['f09f98', 3],
      ['f09f9880', 0],
      ['80808080', 0],
    ] as const) {
      assert.equal(incompleteTail(Buffer.from(hex, 'hex')), tail, hex);
    }
  });
});
