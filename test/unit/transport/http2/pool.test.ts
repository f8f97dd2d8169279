import assert from 'node:assert/strict';
import type { ProbePlan, ProxyRoute } from '../../../../src/core/base/plan.js';
import { Http2Pool } from '../../../../src/core/transport/carriers/http2/http2Pool.js';
import { planFor } from '../../../support/plan.js';

const PROXY: ProxyRoute = {
  kind: 'http',
  host: 'proxy.test',
  port: 8080,
  username: null,
  password: null,
  authorization: null,
  rejectUnauthorized: true,
  source: 'profile',
};

describe('Http2Pool', () => {
  const shared: ProbePlan = {
    ...planFor('wss://a.test/one', { http: '2' }),
    session: { heartbeat: null, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: true },
  };
  /** Whether the second would use the connection of the first. */
  const share = (one: ProbePlan, two: ProbePlan) => {
    const pool = new Http2Pool();
    pool.open(one);
    return pool.opening(two) !== null;
  };

  const ALIKE: readonly (readonly [name: string, change: Partial<ProbePlan>])[] = [
    ['another path and query', { url: 'wss://a.test/two?three' }],
    ['the port spelt out', { url: 'wss://a.test:443/one' }],
    ['HTTP/2 where the server offers it', { http: 'auto' }],
    ['other headers', { headers: [['Authorization', 'Bearer other']] }],
  ];
  for (const [name, change] of ALIKE) {
    it(`shares a connection with ${name}`, () => assert.equal(share(shared, { ...shared, ...change }), true));
  }

  const APART: readonly (readonly [name: string, change: Partial<ProbePlan>])[] = [
    ['another host', { url: 'wss://b.test/one' }],
    ['another port', { url: 'wss://a.test:8443/one' }],
    ['no TLS', { url: 'ws://a.test:443/one' }],
    ['a client certificate', { tls: { cert: 'client.pem', key: 'client.key' } }],
    ['no trust asked for', { tls: { rejectUnauthorized: false } }],
    ['files of another folder', { baseDir: '/elsewhere' }],
    ['no trust in the system', { systemCertificates: false }],
    ['a proxy', { proxy: PROXY }],
    ['guarded addresses allowed', { allowLinkLocal: true }],
    ['HTTP/1.1', { http: '1.1' }],
    ['a connection of its own', { session: { ...shared.session, shareConnection: false } }],
  ];
  for (const [name, change] of APART) {
    it(`keeps apart what has ${name}`, () => {
      const other = { ...shared, ...change };
      assert.deepEqual([share(shared, other), share(other, shared)], [false, false]);
    });
  }

  it('keeps the users of one proxy apart', () => {
    const as = (username: string) => ({ ...shared, proxy: { ...PROXY, username } });
    assert.equal(share(as('alice'), as('bob')), false);
    assert.equal(share(as('alice'), as('alice')), true);
  });
});
