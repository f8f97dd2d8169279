import assert from 'node:assert/strict';
import { closePayload, payloadBytes } from '../../webview/shared/payload.js';

describe('payload views', () => {
  it('reads text as UTF-8 and base64 as bytes, and broken base64 as nothing', () => {
    assert.deepEqual([...payloadBytes({ text: 'é' })], [0xc3, 0xa9]);
    assert.deepEqual([...payloadBytes({ base64: '3q2+7w==' })], [0xde, 0xad, 0xbe, 0xef]);
    assert.deepEqual([...payloadBytes({ base64: '***' })], []);
  });

  it('reads a close payload', () => {
    assert.deepEqual(closePayload(Uint8Array.of(0x11, 0x31, 0x6e, 0x6f)), { code: 4401, reason: 'no' });
    assert.equal(closePayload(Uint8Array.of(3)), null);
  });
});
