import assert from 'node:assert/strict';
import { CONNECTION_OPTIONS } from '../../../src/cli/optionTable.js';
import { parseOptions } from '../../../src/cli/options.js';
import { overridesOf } from '../../../src/cli/overrides.js';
import { optionsOf } from '../../../src/cli/render/fixOptions.js';

const of = (keys: unknown) => optionsOf({ title: '', language: 'json', snippet: JSON.stringify(keys) });

describe('optionsOf', () => {
  it('says in options what a fix says in keys of a profile', () => {
    const fixes: readonly (readonly [keys: Readonly<Record<string, unknown>>, options: string])[] = [
      [{ proxy: 'http://name:${secret:proxy}@p.test:3128' }, "--proxy 'http://name:${secret:proxy}@p.test:3128'"],
      [{ http: '2' }, '--http 2'],
      [{ compression: false }, '--no-compression'],
      [{ followRedirects: true }, '--follow-redirects'],
      [{ origin: 'https://a.test' }, '--origin https://a.test'],
      [{ subprotocols: ['a', 'b'] }, '--subprotocol a --subprotocol b'],
      [{ auth: { type: 'bearer', token: '${secret:token}' } }, "--bearer '${secret:token}'"],
      [{ cookies: { id: 'x' } }, '--cookie id=x'],
      [{ headers: { 'X-A': 'b c' } }, "-H 'X-A: b c'"],
      [{ tls: { ca: ['./ca.pem'] } }, '--ca ./ca.pem'],
      [{ tls: { minVersion: 'TLSv1' } }, '--min-tls 1.0'],
      [{ tls: { rejectUnauthorized: false } }, '-k'],
      [{ url: 'wss://a.test/ws' }, 'wss://a.test/ws'],
      [{ auth: { type: 'basic', username: 'u', password: '${secret:p}' } }, "--basic 'u:${secret:p}'"],
      [{ auth: { type: 'apiKey', in: 'header', name: 'X-Key', value: 'k' } }, "-H 'X-Key: k'"],
      [{ timeouts: { upgradeMs: 15000 } }, '--timeout 15000ms'],
      [{ expect: { holdMs: 500 } }, '--hold 500ms'],
      [{ message: { send: { json: { type: 'auth' } }, expect: 'any' } }, `--send '{"type":"auth"}' --expect any`],
      [{ message: { send: '{"protocol":"json"}\u001e' } }, `--send $'{"protocol":"json"}\\x1e'`],
      [{ message: { send: "it's\n" } }, `--send $'it\\'s\\x0a'`],
      [{ expect: { ping: false } }, '--no-ping'],
      [{ session: { heartbeat: { every: 5000, send: 'ping' } } }, '--ping-interval 5'],
    ];
    for (const [keys, options] of fixes) assert.equal(of(keys), options);
  });

  it('is understood by the options it names', () => {
    const argv = of({ http: 'auto', tls: { serverName: 'b.test', minVersion: 'TLSv1.2' } })?.split(' ') ?? [];
    assert.deepEqual(overridesOf(parseOptions(argv, CONNECTION_OPTIONS).values, '/'), {
      http: 'auto',
      tls: { serverName: 'b.test', minVersion: 'TLSv1.2' },
    });
  });

  it('says nothing of keys without an option, of settings and of other languages', () => {
    for (const keys of [
      { proxy: 'none', expect: {} },
      { 'http.noProxy': ['a'] },
      [],
      'x',
      {},
      { compression: true },
      { expect: { ping: true } },
      { expect: { ping: false, status: 101 } },
      { session: { heartbeat: { every: 1500, send: 'hello' } } },
      { session: {} },
      { message: { send: 'CONNECT\n\n\u0000' } }, // no shell can hand on a NUL
    ])
      assert.equal(of(keys), null);
    assert.equal(optionsOf({ title: '', language: 'shell', snippet: '{"http":"2"}' }), null);
    assert.equal(optionsOf({ title: '', language: 'json', snippet: '{' }), null);
    assert.equal(of({ toString: 'x' }), null);
  });
});
