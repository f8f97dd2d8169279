import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { alwaysDirectBecause, findNoProxy, noProxyEntries } from '../../../src/core/profile/noProxy.js';

const find = (list: string, host: string, port = 80) => findNoProxy(noProxyEntries(list), { host, port });

describe('findNoProxy', () => {
  const direct: readonly (readonly [list: string, host: string, entry: string])[] = [
    ['*', 'anything.example', '*'],
    ['localhost, *', 'anything.example', '*'],
    ['foo,,,,,              bar, ::1/64', 'BAr', 'bar'],
    ['localhost,.example.com,.example.de', 'www.example.com', '.example.com'],
    ['localhost,.example.com,.example.de', 'www.example.com.', '.example.com'],
    ['localhost,.example.com,.example.de', 'example.com', '.example.com'],
    ['localhost,.example.com.,.example.de', 'www.example.com', '.example.com.'],
    ['localhost,www.example.com.,.example.de', 'www.example.com', 'www.example.com.'],
    ['example.com', 'foo.example.com', 'example.com'],
    ['*.wildcard.io', 'nested.wildcard.io', '*.wildcard.io'],
    ['.示例.com', 'www.xn--fsq092h.com', '.示例.com'],
    ['示例.com', 'xn--fsq092h.com', '示例.com'],
    ['10.0.0.0/30', '10.0.0.2', '10.0.0.0/30'],
    ['127.0.0.1/8,localhost,', '127.9.9.9', '127.0.0.1/8'],
    ['192.168.0.1/0', '8.8.8.8', '192.168.0.1/0'],
    ['192.168.1.1', '192.168.1.1', '192.168.1.1'],
    ['192.168.1.3:80', '192.168.1.3', '192.168.1.3:80'],
    ['2001:db8::52:0:1', '[2001:db8::52:0:1]', '2001:db8::52:0:1'],
    ['2001:DB8:0::52:0:1', '[2001:db8::52:0:1]', '2001:DB8:0::52:0:1'],
    ['[2001:db8::52:0:3]:80', '[2001:db8::52:0:3]', '[2001:db8::52:0:3]:80'],
    ['[2001:db8::52:0:3]', '[2001:db8::52:0:3]', '[2001:db8::52:0:3]'],
    ['2002:db8:a::45/64', '[2002:db8:a::123]', '2002:db8:a::45/64'],
    ['10.0.0.0/8', '[::ffff:a00:1]', '10.0.0.0/8'],
    ['10.0.0.1', '[::ffff:a00:1]', '10.0.0.1'],
  ];
  for (const [list, host, entry] of direct) it(`${list} lists ${host}`, () => assert.equal(find(list, host), entry));

  const proxied: readonly (readonly [list: string, host: string])[] = [
    ['ample.com', 'example.com'],
    ['.foo.com', 'example.com'],
    ['foobar.com', 'foofoobar.com'],
    ['*.wildcard.io', 'wildcard.io'],
    ['*.wildcard.io', 'awildcard.io'],
    ['.example.com, .example.net', 'nonexample.com'],
    ['www2.example.com, .example.net', 'www.example.com'],
    ['barfoo', 'foobar'],
    ['192.168.1.2:81', '192.168.1.2'],
    ['[2001:db8::52:0:2]:443', '[2001:db8::52:0:2]'],
    ['fe80::/10', '[2001:db8::1]'],
    ['192.168.0.0/32', '192.168.0.1'],
    ['192.168.0.0/24', '192.168.1.1'],
    ['192.168.0.0/33', '192.168.0.0'],
    ['192.168.0.0/', '192.168.0.0'],
    ['192.168.0.0/-1', '192.168.0.0'],
    ['::1/129', '[::1]'],
    ['3.4', '1.2.3.4'],
    ['0.0.1', '127.0.0.1'],
    ['::/0', '127.0.0.1'],
    ['0.0.0.0/0', '[2001:db8::1]'],
    ['10.0.0.0/8', 'ten.example.com'],
    ['example.com:443', 'example.com'],
    [':1', 'example.com'],
    ['.', 'example.com'],
    ['*.', 'example.com'],
    ['', 'example.com'],
    ['**', 'example.com'],
  ];
  for (const [list, host] of proxied) it(`${list} does not list ${host}`, () => assert.equal(find(list, host), null));

  it('compares ports with the one that is really used', () => {
    assert.equal(find('example.com:443', 'example.com', 443), 'example.com:443');
    assert.equal(find('.example.com:8443', 'a.example.com', 8443), '.example.com:8443');
  });

  it('lists every address of a block and none beside it', () => {
    const bits = fc.integer({ min: 0, max: 32 });
    const number = fc.integer({ min: 0, max: 0xffff_ffff });
    const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
    fc.assert(
      fc.property(number, number, bits, (network, address, length) => {
        const mask = length === 0 ? 0 : -1 << (32 - length);
        const inside = ((network ^ address) & mask) === 0;
        const entry = `${dotted(network)}/${length}`;
        assert.equal(findNoProxy([entry], { host: dotted(address), port: 1 }) !== null, inside);
      }),
    );
  });

  it('never throws, and gives an entry of the list', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.webUrl({ validSchemes: ['http'] }), (list, url) => {
        const entries = noProxyEntries(list);
        const found = findNoProxy(entries, { host: new URL(url).hostname, port: 80 });
        assert.ok(found === null || entries.includes(found));
      }),
    );
  });
});

describe('alwaysDirectBecause', () => {
  it('is this machine by its usual names, and no other loopback address', () => {
    for (const host of ['localhost', 'LOCALHOST.', 'app.localhost', '127.0.0.1', '[::1]', '[::ffff:7f00:1]'])
      assert.equal(alwaysDirectBecause(host)?.startsWith(`no proxy is ever used for ${host} unless`), true, host);
    for (const host of ['127.0.0.2', 'localhost.net', 'mylocalhost', '[::2]', '0.0.0.0', '128.0.0.1'])
      assert.equal(alwaysDirectBecause(host), null, host);
  });
});
