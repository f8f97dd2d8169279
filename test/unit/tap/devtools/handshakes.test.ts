import assert from 'node:assert/strict';
import { Handshakes, headOf } from '../../../../src/core/tap/devtools/handshakes.js';
import { profileOf } from '../../../../src/core/tap/devtools/seenProfile.js';

describe('the handshakes of other programs', () => {
  it('says as a profile what is told in several headers of a name', () => {
    const headers = {
      'Sec-WebSocket-Protocol': 'chat, v2\nv1',
      Cookie: 'sid=a=b; theme = dark; bare',
      Origin: 'http://a.test',
    };
    const seen = {
      url: 'ws://a.test/',
      response: null,
      subprotocol: null,
      from: { type: 'page', url: '' },
      initiator: null,
    };
    const { cookies, origin, subprotocols } = profileOf({ ...seen, request: headOf(headers, null) });
    assert.deepEqual(subprotocols, ['chat', 'v2', 'v1']);
    assert.deepEqual(cookies, { sid: 'a=b', theme: 'dark' });
    assert.equal(origin, 'http://a.test');
    const nothing = profileOf({ ...seen, request: null });
    assert.deepEqual([nothing.subprotocols, nothing.cookies, nothing.origin], [[], {}, null]);
  });

  it('keeps why the latest did not open', () => {
    const handshakes = new Handshakes({ learn: () => undefined, secrets: [] });
    for (let connection = 1; connection <= 1_001; connection++) handshakes.refused(connection, `no ${connection}`);
    assert.equal(handshakes.refusal(1), null);
    assert.equal(handshakes.refusal(2), 'no 2');
    assert.equal(handshakes.refusal(1_001), 'no 1001');
  });
});
