import assert from 'node:assert/strict';
import { handshakeRequestOf } from '../../../src/core/transport/handshakeRequest.js';
import { planFor } from '../../support/plan.js';

describe('handshakeRequestOf', () => {
  it('leaves the default port out of Host and keeps any other', () => {
    const host = (url: string) => handshakeRequestOf(planFor(url)).headers['Host'];
    assert.equal(host('ws://example.test/x'), 'example.test');
    assert.equal(host('wss://example.test/'), 'example.test');
    assert.equal(host('wss://example.test:80/'), 'example.test:80');
    assert.equal(host('ws://[::1]:8080/'), '[::1]:8080');
    assert.equal(host('ws://[::1]/'), '[::1]');
  });

  it('takes the address out of its brackets', () => {
    const { host, port, secure, target } = handshakeRequestOf(planFor('wss://[::1]/a%20b?c=d'));
    assert.deepEqual([host, port, secure, target], ['::1', 443, true, '/a%20b?c=d']);
  });

  it('keeps the first spelling of a header and every value of it', () => {
    const { headers } = handshakeRequestOf(
      planFor('ws://x/', {
        headers: [
          ['X-A', '1'],
          ['x-a', '2'],
          ['host', 'other'],
        ],
      }),
    );
    assert.deepEqual(Object.entries(headers), [
      ['host', 'other'],
      ['X-A', ['1', '2']],
    ]);
  });

  it('adds the profile’s cookies to a Cookie header of its own', () => {
    const plan = planFor('ws://x/', { headers: [['Cookie', 'a=1']], cookies: { b: '2' } });
    assert.equal(handshakeRequestOf(plan).headers['Cookie'], 'a=1; b=2');
  });

  it('encodes a key in the query', () => {
    const auth = { type: 'apiKey', name: 'key', value: 'a&b=c', in: 'query' } as const;
    assert.equal(handshakeRequestOf(planFor('ws://x/p?q=%20', { auth })).target, '/p?q=%20&key=a%26b%3Dc');
  });

  it('writes Basic credentials as UTF-8 (RFC 7617)', () => {
    const auth = { type: 'basic', username: 'jörg', password: 'p:w' } as const;
    const expected = `Basic ${Buffer.from('jörg:p:w').toString('base64')}`;
    assert.equal(handshakeRequestOf(planFor('ws://x/', { auth })).headers['Authorization'], expected);
  });
});
