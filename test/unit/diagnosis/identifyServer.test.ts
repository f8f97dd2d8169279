import assert from 'node:assert/strict';
import { identifyServer, identifyServers } from '../../../src/core/diagnosis/identifyServer.js';
import { answer } from '../../support/evidence.js';

const table: readonly (readonly [headers: Readonly<Record<string, string>>, body: string, ids: readonly string[]])[] = [
  [{ Server: 'nginx/1.22.1' }, '', ['nginx']],
  [{ Server: 'openresty' }, '', ['nginx']],
  [{}, '<hr><center>nginx</center>', ['nginx']],
  [{ Server: 'Apache/2.4.62 (Debian)' }, '', ['apache']],
  [{ Server: 'Apache-Coyote/1.1' }, '', ['application']],
  [{ Server: 'cloudflare', 'CF-RAY': '8a' }, '', ['cloudflare']],
  [{ Server: 'awselb/2.0' }, '', ['alb']],
  [{ 'x-amz-apigw-id': 'x' }, '', ['api-gateway']],
  [{ Server: 'Microsoft-Azure-Application-Gateway/v2' }, '', ['azure-app-gateway']],
  [{ Server: 'envoy', 'x-envoy-upstream-service-time': '3' }, '', ['envoy']],
  [{ Via: '1.1 google' }, '', ['google']],
  [{ Via: '1.1 vegur', Server: 'Cowboy' }, '', ['heroku', 'application']],
  [{ Server: 'Caddy' }, '', ['caddy']],
  [{ 'Cache-Control': 'no-cache' }, '<html><body><h1>503 Service Unavailable</h1>', ['haproxy']],
  [{ 'Cache-Control': 'no-cache', Server: 'x' }, '<html><body><h1>503 Service Unavailable</h1>', []],
  [{ Server: 'nginx', 'X-Powered-By': 'Express' }, '', ['nginx', 'application']],
  [{ Server: 'my own' }, 'nginx', []],
];

describe('identifyServers', () => {
  for (const [headers, body, ids] of table) {
    it(`${JSON.stringify(headers)} ${body} is ${ids.join(' before ') || 'nobody known'}`, () => {
      assert.deepEqual(
        identifyServers(answer(503, headers, body)).map(({ id }) => id),
        ids,
      );
    });
  }

  it('says what gave it away, safe to show', () => {
    const software = identifyServer(answer(502, { Server: 'nginx/1.22\u001b[0m' }));
    assert.equal(software?.sign, 'server: nginx/1.22[0m');
  });
});
