import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { profileFix } from '../../../src/core/diagnosis/snippets/profile.js';
import { changeProfile, type RanAs } from '../../../src/core/language/change.js';
import { readJsonc, toValue } from '../../../src/core/profile/jsonc.js';

const RAN: RanAs = { environment: null, shared: [], url: null };

function changed(text: string, keys: Readonly<Record<string, unknown>>, ran: Partial<RanAs> = {}): string {
  const result = changeProfile(text, profileFix('f', keys).change ?? [], { ...RAN, ...ran });
  return 'why' in result ? `why: ${result.why}` : result.text;
}

describe('a change of a profile', () => {
  for (const [what, text, keys, expected] of [
    [
      'adds a key, and keeps comments, form and the missing comma',
      '{\n  // where to\n  "url": "ws://h" // here\n}\n',
      { compression: false },
      '{\n  // where to\n  "url": "ws://h", // here\n  "compression": false\n}\n',
    ],
    [
      'keeps a trailing comma, and the comments around it',
      '{\n\t"url": "ws://h" /* a, b */, // c\n}',
      { auth: { type: 'bearer', token: '${secret:token}' } },
      '{\n\t"url": "ws://h" /* a, b */, // c\n\t"auth": {\n\t\t"type": "bearer",\n\t\t"token": "${secret:token}"\n\t},\n}',
    ],
    ['stays in one line', '{ "url": "ws://h" }', { subprotocols: ['a'] }, '{ "url": "ws://h", "subprotocols": ["a"] }'],
    [
      'lays a setting beside its neighbours',
      '{\n  "tls": { "serverName": "n" },\n  "url": "wss://h"\n}',
      { tls: { rejectUnauthorized: false } },
      '{\n  "tls": { "serverName": "n", "rejectUnauthorized": false },\n  "url": "wss://h"\n}',
    ],
    [
      'replaces credentials of another kind as a whole',
      '{\n  "auth": { "type": "basic", "username": "u", "password": "p" },\n  "url": "ws://h"\n}',
      { auth: { type: 'bearer', token: '${secret:token}' } },
      '{\n  "auth": { "type": "bearer", "token": "${secret:token}" },\n  "url": "ws://h"\n}',
    ],
    [
      'knows a header in any case',
      '{ "headers": { "x-a": "1" }, "url": "ws://h" }',
      { headers: { 'X-A': '2' } },
      '{ "headers": { "x-a": "2" }, "url": "ws://h" }',
    ],
    [
      'keeps line ends',
      '{\r\n    "url": "ws://h"\r\n}',
      { http: '2' },
      '{\r\n    "url": "ws://h",\r\n    "http": "2"\r\n}',
    ],
    ['leaves what stands there already', '{ "http": "2" ,}', { http: '2' }, '{ "http": "2" ,}'],
  ] as const) {
    it(what, () => assert.equal(changed(text, keys), expected));
  }

  it('changes of an address what differs, and leaves its variables', () => {
    const to = (written: string, from: string, url: string) => {
      const text = changed(`{ "url": ${JSON.stringify(written)} }`, { url }, { url: from });
      return /"url": "([^"]*)"/.exec(text)?.[1] ?? text;
    };
    assert.equal(to('ws://${host}/a', 'ws://h:1/a', 'wss://h:1/a'), 'wss://${host}/a');
    assert.equal(to('ws://${host}/a', 'ws://h:1/a', 'ws://h:1/a/websocket'), 'ws://${host}/a/websocket');
    assert.equal(
      to('ws://h/a?token=${secret:t}', 'ws://h/a?token=[redacted]', 'wss://h/a?token=[redacted]'),
      'wss://h/a?token=${secret:t}',
    );
    assert.equal(to('${base}/a', 'ws://h/a', 'wss://h/a'), 'wss://h/a');
    assert.match(to('${base}?t=${secret:t}', 'ws://h/?t=[redacted]', 'wss://h/?t=[redacted]'), /^why: .*secret/);
  });

  it('goes where the key counts: the chosen environment, or the top', () => {
    const text = '{ "url": "ws://a", "environments": { "local": { "url": "ws://b" } } }';
    const ran = { environment: 'local', url: 'ws://b' };
    assert.equal(changed(text, { url: 'wss://b' }, ran), text.replace('ws://b', 'wss://b'));
    assert.equal(changed(text, { http: '2' }, ran), `${text.slice(0, -2)}, "http": "2" }`);
  });

  it('touches no other file, no client, no broken text, and writes no secret that is hidden', () => {
    const environments = { local: { url: 'ws://b' } };
    const shared = { environment: 'local', shared: [{ text: JSON.stringify(environments), environments }] };
    assert.match(changed('{ "url": "ws://a" }', { url: 'wss://b' }, shared), /^why: .*wsprobe\.env\.json/);
    assert.match(changed('{ "clients": { "a": { "http": "1.1" } } }', { http: '2' }), /^why: The client `a`/);
    assert.match(changed('{ "url": ', { http: '2' }), /^why: /);
    assert.match(changed('{}', { headers: { a: '[redacted]' } }), /^why: .*secret/);
  });

  it('holds the value afterwards, and everything else as before, whatever the form', () => {
    const json = fc.dictionary(fc.constantFrom('url', 'name', 'tls', 'auth', 'headers'), fc.jsonValue({ maxDepth: 2 }));
    const form = fc.constantFrom<number | string>(0, 2, '\t');
    const keys = fc.constantFrom(
      { http: '2' },
      { tls: { rejectUnauthorized: false } },
      { auth: { type: 'bearer', token: '${secret:token}' } },
      { headers: { 'X-A': '1' }, compression: false },
    );
    fc.assert(
      fc.property(json, form, keys, (profile, indent, change) => {
        const before = JSON.stringify(profile, null, indent);
        const after = changed(before, change);
        const { root, list } = readJsonc(after);
        assert.deepEqual(list.items, [], after);
        assert.ok(root);
        const value = toValue(root) as Record<string, unknown>;
        for (const { path, value: wanted } of profileFix('f', change).change ?? []) {
          const at = path.reduce<unknown>((holder, key) => (holder as Record<string, unknown>)[key], value);
          assert.deepEqual(at, wanted);
        }
        const touched = Object.keys(change);
        // As written: JSON has no -0.
        for (const [key, kept] of Object.entries(JSON.parse(before) as object))
          if (!touched.includes(key)) assert.deepEqual(value[key], kept);
        assert.equal(changed(after, change), after);
      }),
    );
  });
});
