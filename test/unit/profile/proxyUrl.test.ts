import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ProxyRoute } from '../../../src/core/base/plan.js';
import { FROM_PROFILE, parseProxyUrl, proxyUrl } from '../../../src/core/profile/proxyUrl.js';

function routeOf(text: string, source = FROM_PROFILE): ProxyRoute {
  const parsed = parseProxyUrl(text, source);
  assert.ok('route' in parsed, 'wrong' in parsed ? parsed.wrong : '');
  return parsed.route;
}

describe('parseProxyUrl', () => {
  const read: readonly (readonly [text: string, written: string])[] = [
    ['http://p', 'http://p:80'],
    ['http://p:3128', 'http://p:3128'],
    ['https://p', 'https://p:443'],
    ['https://p:80', 'https://p:80'],
    ['http://p:443/', 'http://p:443'],
    ['socks4://p', 'socks4://p:1080'],
    ['socks4a://p', 'socks4a://p:1080'],
    ['socks5://p', 'socks5://p:1080'],
    ['socks5h://p:80', 'socks5://p:80'],
    ['SOCKS5://P.Example.COM', 'socks5://p.example.com:1080'],
    ['socks5://[::1]:9050', 'socks5://[::1]:9050'],
    ['http://0x7f.1:3128', 'http://127.0.0.1:3128'],
    ['http://bücher.example:8080', 'http://xn--bcher-kva.example:8080'],
  ];
  for (const [text, written] of read) {
    it(`reads ${text}`, () => assert.equal(proxyUrl(routeOf(text)), written));
  }

  it('gives a whole route', () => {
    assert.deepEqual(routeOf('http://ann%40corp:p%3Aw%2F@[::1]:3128'), {
      kind: 'http',
      host: '::1',
      port: 3128,
      username: 'ann@corp',
      password: 'p:w/',
      authorization: null,
      rejectUnauthorized: true,
      source: 'profile',
    });
    const { username, password } = routeOf('socks4://ann@p');
    assert.deepEqual([username, password], ['ann', null]);
    assert.equal(routeOf('http://user:p@ss@p').password, 'p@ss');
    assert.equal(routeOf('http://@p').username, null);
  });

  it('takes from other sources what curl and desktops write there', () => {
    assert.equal(proxyUrl(routeOf('127.0.0.1:8080', 'http_proxy')), 'http://127.0.0.1:8080');
    assert.equal(proxyUrl(routeOf('cache.corp.example.com', 'http_proxy')), 'http://cache.corp.example.com:80');
    assert.equal(proxyUrl(routeOf('localhost', 'http_proxy')), 'http://localhost:80');
    assert.equal(proxyUrl(routeOf('socks://127.0.0.1', 'all_proxy')), 'socks5://127.0.0.1:1080');
    assert.equal(routeOf('u:pw@p:1', 'https_proxy').password, 'pw');
    for (const text of ['p:8080', 'socks://p']) assert.ok('wrong' in parseProxyUrl(text, FROM_PROFILE), text);
  });

  const refused: readonly (readonly [text: string, wrong: RegExp])[] = [
    ['ftp://hunter2@p', /must start with http/],
    ['hunter2', /must start with http/],
    ['http://', /no host/],
    ['http://:3128', /no host/],
    ['http://hunter2:3128@', /no host/],
    ['http://a b', /blank/],
    ['http://p\r\nX: hunter2', /control character/],
    ['http://p:hunter2', /port that is not a number/],
    ['http://p:0', /out of range/],
    ['http://p:65536', /out of range/],
    ['http://p/hunter2', /path/],
    ['http://p?hunter2', /query/],
    ['http://user:hunter2#x@p', /not a number|fragment/],
    ['http://user:hunter2%zz@p', /broken % escape/],
    ['http://user:hunter2%0d@p', /control character/],
    ['http://us%3Aer:hunter2@p', /colon/],
    ['socks4://user:hunter2@p', /SOCKS4 cannot carry/],
    [`socks5://user:${'hunter2'.repeat(40)}@p`, /255 bytes/],
    ['http://[::1', /no host/],
    ['http://a[::1]', /no host/],
    ['http://256.256.256.256', /no host/],
    ['http://\\hunter2', /path|no host/],
  ];
  for (const text of [
    'http://h.test/proxy.pac?a=b',
    'pac+https://h.test/x',
    'http://wpad/wpad.dat',
    'file:///etc/p.pac',
  ]) {
    it(`names the way round for ${text}`, () => {
      const parsed = parseProxyUrl(text, 'HTTPS_PROXY');
      assert.ok('wrong' in parsed);
      assert.match(parsed.wrong, /leads to a PAC file, .*"px --pac=<its address>".*http:\/\/127\.0\.0\.1:3128\.$/);
    });
  }

  for (const [text, wrong] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))} and repeats nothing of it`, () => {
      const parsed = parseProxyUrl(text, FROM_PROFILE);
      assert.ok('wrong' in parsed);
      assert.match(parsed.wrong, wrong);
      assert.doesNotMatch(parsed.wrong, /hunter2/);
    });
  }

  it('reads back what is written, whatever the credentials', () => {
    const credential = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => {
      return !/[\p{Cc}\p{Cs}:]/u.test(text) && Buffer.byteLength(text) <= 255;
    });
    const kind = fc.constantFrom('http', 'https', 'socks5');
    const host = fc.constantFrom('p.example.com', '127.0.0.1', '[2001:db8::1]');
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(kind, host, port, credential, credential, (scheme, name, number, user, pass) => {
        const text = `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${name}:${number}`;
        const route = routeOf(text);
        assert.deepEqual([route.username, route.password], [user, pass]);
        assert.equal(proxyUrl(route), `${scheme}://${name}:${number}`);
      }),
    );
  });

  it('never throws, and gives hosts that a socket can be opened to', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme-ascii' }).map((tail) => `http://${tail}`),
      fc
        .array(fc.constantFrom('http://', 'socks5://', '@', ':', '/', '[', ']', '%', '::1', 'a', '1', '.'))
        .map((x) => x.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('profile', 'https_proxy'), (value, source) => {
        const parsed = parseProxyUrl(value, source);
        if ('wrong' in parsed) return assert.match(parsed.wrong, /^[a-z].*\.$|\)\.$/);
        assert.match(parsed.route.host, /^[^\s/@[\]\\?#]+$/);
        assert.ok(parsed.route.port >= 1 && parsed.route.port <= 65_535);
      }),
      { numRuns: 500 },
    );
  });
});
