import assert from 'node:assert/strict';
import { Handshakes } from '../../../../src/core/tap/devtools/handshakes.js';

describe('the handshakes of other programs', () => {
  it('keeps why the latest did not open', () => {
    const handshakes = new Handshakes({ learn: () => undefined, secrets: [] });
    for (let connection = 1; connection <= 1_001; connection++) handshakes.refused(connection, `no ${connection}`);
    assert.equal(handshakes.refusal(1), null);
    assert.equal(handshakes.refusal(2), 'no 2');
    assert.equal(handshakes.refusal(1_001), 'no 1001');
  });
});
