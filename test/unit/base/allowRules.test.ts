import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type AllowRule, isAllowed, parseAllowRule, ruleForServerOf } from '../../../src/core/base/allowRules.js';

function rule(pattern: string): AllowRule {
  const parsed = parseAllowRule(pattern);
  assert.ok(typeof parsed === 'object', `${pattern} is a rule`);
  return parsed;
}

const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/).filter((text) => !text.startsWith('xn--'));
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const scheme = fc.constantFrom('ws', 'wss');
const port = fc.integer({ min: 1, max: 65_535 });
const path = fc.webUrl({ withQueryParameters: true }).map((url) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
});

describe('rules of allowed targets', () => {
  const cases: [pattern: string, address: string, allowed: boolean][] = [
    ['wss://example.com', 'wss://example.com/any/path?and=query', true],
    ['wss://example.com', 'wss://EXAMPLE.com:443/', true],
    ['wss://example.com', 'ws://example.com/', false],
    ['wss://example.com', 'wss://example.com:8443/', false],
    ['wss://example.com:*', 'wss://example.com:8443/', true],
    ['wss://example.com:8443', 'wss://example.com/', false],
    ['ws://example.com', 'ws://example.com:80/', true],
    ['wss://*.example.com', 'wss://a.example.com/', true],
    ['wss://*.example.com', 'wss://a.b.example.com/', true],
    ['wss://*.example.com', 'wss://example.com/', false],
    ['wss://*.example.com', 'wss://aexample.com/', false],
    ['wss://*.example.com', 'wss://example.com.evil.test/', false],
    ['wss://example.com', 'wss://example.com@evil.test/', false],
    ['wss://example.com', 'wss://user@example.com/', false],
    ['wss://example.com', 'wss://user:secret@example.com/', false],
    ['wss://example.com', 'wss://evil.test/?wss://example.com', false],
    ['wss://example.com', 'wss://example.com\\@evil.test/', false],
    ['wss://example.com', 'wss://example.com/#wss', false],
    ['wss://example.com', 'https://example.com/', false],
    ['ws://[::1]:*', 'ws://[0:0:0:0:0:0:0:1]:8080/', true],
    ['ws://127.0.0.1:*', 'ws://2130706433:8080/', true],
    ['ws://127.0.0.1:*', 'ws://127.0.0.2:8080/', false],
    ['wss://MÜNCHEN.example', 'wss://xn--mnchen-3ya.example/', true],
  ];
  for (const [pattern, address, allowed] of cases) {
    it(`${pattern} ${allowed ? 'names' : 'does not name'} ${address}`, () => {
      assert.equal(isAllowed(address, [rule(pattern)]), allowed);
    });
  }

  for (const pattern of [
    '',
    '*',
    'wss://*',
    'example.com',
    'https://example.com',
    'wss://example.com/',
    'wss://user@example.com',
    'wss://a.*.example.com',
    'wss://*.10.0.0.1',
    'wss://*.[::1]',
    'wss://example.com:0',
    'wss://example.com:65536',
    'wss://exa mple.com',
    'wss://example.com?x',
  ]) {
    it(`${JSON.stringify(pattern)} is no rule`, () => assert.equal(typeof parseAllowRule(pattern), 'string'));
  }

  it('a host names every path of itself on its port and nothing else', () => {
    fc.assert(
      fc.property(scheme, domain, port, path, domain, (kind, host, number, rest, other) => {
        const rules = [rule(`${kind}://${host}:${number}`)];
        assert.ok(isAllowed(`${kind}://${host}:${number}${rest}`, rules));
        assert.ok(!isAllowed(`${kind === 'ws' ? 'wss' : 'ws'}://${host}:${number}${rest}`, rules));
        assert.ok(!isAllowed(`${kind}://${host}:${number === 1 ? 2 : number - 1}${rest}`, rules));
        assert.ok(!isAllowed(`${kind}://u@${host}:${number}${rest}`, rules));
        assert.equal(isAllowed(`${kind}://${other}:${number}${rest}`, rules), other === host);
      }),
    );
  });

  it('*.x names what ends with .x, and x itself never', () => {
    fc.assert(
      fc.property(scheme, domain, label, domain, (kind, host, sub, other) => {
        const rules = [rule(`${kind}://*.${host}:*`)];
        assert.ok(isAllowed(`${kind}://${sub}.${host}:99/`, rules));
        assert.ok(!isAllowed(`${kind}://${host}/`, rules));
        assert.ok(!isAllowed(`${kind}://${sub}${host}/`, rules) || `${sub}${host}`.endsWith(`.${host}`));
        assert.equal(isAllowed(`${kind}://${other}/`, rules), other.endsWith(`.${host}`));
      }),
    );
  });

  it('whatever the text, what is allowed goes to the host and port of a rule', () => {
    const rules = [rule('wss://example.com'), rule('ws://*.example.org:*')];
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ validSchemes: ['ws', 'wss', 'http'], authoritySettings: { withPort: true, withUserInfo: true } }),
      fc
        .tuple(
          fc.constantFrom('wss://example.com', 'ws://a.example.org', 'wss:', 'ws://example.org'),
          fc.stringMatching(/^[a-z@:/\\?#.%*[\] 0-9]{0,12}$/),
        )
        .map(([head, tail]) => head + tail),
    );
    fc.assert(
      fc.property(text, (address) => {
        if (!isAllowed(address, rules)) return;
        const { hostname, port: number, protocol, username, password } = new URL(address);
        assert.equal(username + password, '');
        if (protocol === 'wss:') assert.equal(`${hostname}:${number}`, 'example.com:');
        else assert.match(`${protocol}${hostname}`, /^ws:.+\.example\.org$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('the rule for the server of an address names that server', () => {
    const own = ruleForServerOf('wss://example.com:8443/path?query');
    assert.ok(own && isAllowed('wss://example.com:8443/other', [own]));
    assert.ok(!isAllowed('wss://example.com/other', [own]));
    assert.equal(ruleForServerOf('https://example.com/'), null);
  });
});
