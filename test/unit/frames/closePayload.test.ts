import assert from 'node:assert/strict';
import { isValidCloseCode, parseClosePayload } from '../../../src/core/frames/closePayload.js';

function payload(code: number, reason: Uint8Array | string = ''): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

describe('parseClosePayload', () => {
  it('reads code and reason', () => {
    assert.deepEqual(parseClosePayload(payload(4401, 'jeton expiré')), { code: 4401, reason: 'jeton expiré' });
    assert.deepEqual(parseClosePayload(payload(1000)), { code: 1000, reason: '' });
  });

  it('reads an empty payload as 1005', () => {
    assert.deepEqual(parseClosePayload(new Uint8Array(0)), { code: 1005, reason: '' });
  });

  it('keeps a byte order mark in the reason', () => {
    assert.deepEqual(parseClosePayload(payload(1000, '\ufeffbye')), { code: 1000, reason: '\ufeffbye' });
  });

  it('refuses a single byte', () => {
    const parsed = parseClosePayload(Uint8Array.of(3));
    assert.ok('violation' in parsed);
    assert.equal(parsed.violation.id, 'frame.invalid-close');
  });

  it('refuses a reason that is not UTF-8 and names the byte', () => {
    const parsed = parseClosePayload(payload(1000, Buffer.from('6f6bff', 'hex')));
    assert.ok('violation' in parsed);
    assert.equal(parsed.violation.id, 'frame.invalid-utf8');
    assert.match(parsed.violation.message, /byte 2\b/);
    assert.ok('violation' in parseClosePayload(payload(1000, Buffer.from('e282', 'hex'))));
  });

  it('accepts exactly the codes that may be sent', () => {
    for (let code = 0; code <= 65_535; code++) {
      const allowed =
        (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
        (code >= 3000 && code <= 4999);
      assert.equal(isValidCloseCode(code), allowed, String(code));
    }
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]) {
      const parsed = parseClosePayload(payload(code));
      assert.ok('violation' in parsed);
      assert.match(parsed.violation.message, new RegExp(`\\b${code}\\b`));
    }
  });
});
