import assert from 'node:assert/strict';
import { endedFailure } from '../../../src/core/run/streamFailure.js';

describe('endedFailure', () => {
  it('says what TLS broke down with, and nothing of where OpenSSL was built', () => {
    const raw = `80FC0C01A77F0000:error:0A000119:SSL routines:ssl3_get_record:decryption failed or bad record mac:../deps/openssl/record.c:622:\n`;
    const error = Object.assign(new Error(raw), { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' });
    assert.deepEqual(endedFailure('server-reset', error, null), {
      phase: 'message',
      kind: 'reset',
      code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
      message: 'SSL routines: decryption failed or bad record mac',
    });
  });

  it('has words where there is no error', () => {
    const { code, message } = endedFailure('server-reset', null, null);
    assert.deepEqual([code, message], [null, 'The peer reset the connection.']);
  });
});
