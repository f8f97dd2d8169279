import assert from 'node:assert/strict';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { encodePayload } from '../../../src/core/payload/encodePayload.js';
import { isSecretHeader, isSecretParameter, Redactor } from '../../../src/core/redaction/redactor.js';
import { frame } from '../../support/frameRecord.js';

const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');

describe('Redactor.text', () => {
  const secret = 'p&ss/wörd "1"\\x';
  const redactor = new Redactor([secret]);
  const spellings: readonly (readonly [string, string])[] = [
    ['plain', secret],
    ['encodeURIComponent', encodeURIComponent(secret)],
    ['encodeURI', encodeURI(secret)],
    ['lower-case escapes', encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase())],
    ['a form', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON within JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['ASCII JSON', JSON.stringify(secret).slice(1, -1).replace('ö', '\\u00f6').replace('/', '\\/')],
    ['base64', base64(secret)],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['URL-encoded base64', encodeURIComponent(base64(secret))],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    [
      'hexadecimal pairs',
      Buffer.from(secret)
        .toString('hex')
        .toUpperCase()
        .replace(/..(?=.)/g, '$& '),
    ],
  ];
  for (const [name, text] of spellings) {
    it(`knows a value as ${name}`, () => {
      assert.match(redactor.text(`before ${text} after`), /^before \[redacted\](=|%3D)* after$/);
    });
  }

  it('knows a value in the midst of base64, wherever it starts', () => {
    const known = new Redactor(['hunter2-hunter2']);
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      for (const after of ['', ':', ':x', ':xy']) {
        const shown = known.text(`Basic ${base64(`${before}hunter2-hunter2${after}`)}!`);
        assert.match(shown, /^Basic [\w+/]*\[redacted\][\w+/]*=*!$/);
        const rest = shown
          .slice(6, -1)
          .split('[redacted]')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'));
        assert.ok(
          rest.every((part) => !/[hunter2-]{3}/.test(part.replace('user:', ''))),
          shown,
        );
      }
    }
  });

  it('takes the longest secret first', () => {
    assert.equal(new Redactor(['abc', 'abcdef']).text('abcdef abc'), '[redacted] [redacted]');
  });

  it('replaces a value below three characters only where it stands alone', () => {
    assert.equal(new Redactor(['x1']).text('x1 ax1 x1b "x1"'), '[redacted] ax1 x1b "[redacted]"');
  });

  it('replaces a value of three characters anywhere', () => {
    assert.equal(new Redactor(['abc']).text('xabcx'), 'x[redacted]x');
  });

  it('takes secrets for text, not for expressions', () => {
    assert.equal(new Redactor(['a.*(b']).text('axxb a.*(b'), 'axxb [redacted]');
  });

  it('changes nothing without secrets', () => {
    const value = { a: [{ b: 'c' }] };
    for (const empty of [new Redactor([]), new Redactor(['', '  '])]) {
      assert.equal(empty.deep(value), value);
      assert.equal(empty.text('a  b'), 'a  b');
      assert.equal(empty.isEmpty, true);
    }
  });

  it('hides long secrets whole', () => {
    const long = Array.from({ length: 5000 }, (_, index) => index.toString(36)).join('-');
    assert.match(new Redactor([long]).text(`<${long}>`), /^<(\[redacted\])+>$/);
    assert.match(new Redactor([long]).text(`<${JSON.stringify({ long })}>`), /^<\{"long":"(\[redacted\])+"\}>$/);
  });

  it('stands hostile runs of characters', () => {
    const hostile = '\\'.repeat(100_000) + '%5C'.repeat(10_000) + 'A'.repeat(100_000);
    assert.equal(new Redactor(['\\"\\\\"\\', 'AAAB']).text(hostile).length > 0, true);
  });
});

describe('Redactor.bytes', () => {
  it('puts as many stars in the place of a value as it had bytes', () => {
    const before = Buffer.from('a wörd é b');
    const after = new Redactor(['wörd é']).bytes(before);
    assert.equal(Buffer.from(after).toString(), `a ${'*'.repeat(8)} b`);
    assert.equal(after.length, before.length);
  });

  it('leaves bytes that are no text alone', () => {
    const bytes = new Uint8Array([0xff, 0x00, 0xc3]);
    assert.equal(new Redactor(['secret']).bytes(bytes), bytes);
  });
});

describe('Redactor.bytes of compressed bytes', () => {
  const redactor = new Redactor(['hunter2-secret']);
  const starred = (bytes: Uint8Array) => Buffer.from(redactor.bytes(bytes)).every((byte) => byte === 0x2a);
  const held = Buffer.from('{"token":"hunter2-secret"}');
  const harmless = Buffer.from('{"token":"another"}');

  it('stars out what holds a secret, also wrapped twice, and leaves the rest', () => {
    for (const compress of [gzipSync, deflateSync]) {
      assert.equal(starred(compress(held)), true);
      assert.equal(starred(gzipSync(compress(held))), true);
      for (const bytes of [compress(harmless), gzipSync(compress(harmless))])
        assert.equal(redactor.bytes(bytes), bytes);
    }
  });

  it('stars out what cannot be opened: cut off, too large, wrapped too often', () => {
    assert.equal(starred(gzipSync(harmless).subarray(0, 20)), true);
    assert.equal(starred(gzipSync(Buffer.alloc(17 * 1024 * 1024))), true);
    let often = harmless;
    for (let times = 0; times < 6; times++) often = gzipSync(often);
    assert.equal(starred(often), true);
  });

  it('opens brotli once it is spoken', async () => {
    const { bytes } = await encodePayload({ text: held.toString(), compress: 'brotli' }, { baseDir: null });
    assert.equal(starred(bytes), true);
    const fine = brotliCompressSync(harmless);
    for (const each of [fine, Buffer.from('ff00ff00', 'hex')]) assert.equal(redactor.bytes(each), each);
  });

  it('leaves alone what only begins like compressed data', () => {
    for (const bytes of [Buffer.from('x^2 + 1'), Buffer.from('789c07ffff00', 'hex'), Buffer.from('x')]) {
      assert.equal(redactor.bytes(bytes), bytes);
    }
  });
});

describe('Redactor.headers and url', () => {
  const redactor = new Redactor(['hunter2']);
  const headers: readonly (readonly [string, string, string])[] = [
    ['Authorization', 'Bearer abc', 'Bearer [redacted]'],
    ['authorization', 'abc', '[redacted]'],
    ['Proxy-Authorization', 'Basic abc=', 'Basic [redacted]'],
    ['Cookie', 'a=b; c="d"', 'a=[redacted]; c=[redacted]'],
    ['Set-Cookie', 'sid=abc==; Path=/; HttpOnly', 'sid=[redacted]; Path=/; HttpOnly'],
    ['set-cookie', 'abc', '[redacted]'],
    ['X-Api-Key', 'abc', '[redacted]'],
    ['X-Auth-Token', 'abc', '[redacted]'],
    ['X-Other', 'a hunter2 b', 'a [redacted] b'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['WWW-Authenticate', 'Bearer realm="x"', 'Bearer realm="x"'],
  ];
  for (const [name, before, after] of headers) {
    it(`${name}: ${before}`, () => assert.deepEqual(redactor.headers([[name, before]]), [[name, after]]));
  }

  it('hides header values by name without knowing any secret', () => {
    assert.deepEqual(new Redactor([]).headers([['Cookie', 'a=b']]), [['Cookie', 'a=[redacted]']]);
  });

  it('hides user info and telling query parameters of a URL, and nothing else', () => {
    const url = 'wss://u:p@h:1/hunter2/x?tenant=acme&access_token=abc&b=hunter2&empty_token=&sig=d#f';
    const hidden =
      'wss://[redacted]@h:1/[redacted]/x?tenant=acme&access_token=[redacted]&b=[redacted]&empty_token=&sig=[redacted]#f';
    assert.equal(redactor.url(url), hidden);
    assert.equal(redactor.url('ws://h/a@b?c=d@e'), 'ws://h/a@b?c=d@e');
  });

  it('knows the names of credentials', () => {
    for (const name of [
      'token',
      'accessToken',
      'access_token',
      'api_key',
      'apikey',
      'X-Amz-Signature',
      'password',
      'auth',
      'jwt',
      'key',
    ]) {
      assert.ok(isSecretParameter(name), name);
    }
    for (const name of ['tenant', 'author', 'keyboard', 'tokens_used', 'EIO', 'sid', 'signal'])
      assert.ok(!isSecretParameter(name), name);
    for (const name of ['Sec-WebSocket-Key', 'sec-websocket-accept', 'Idempotency-Key', 'Origin'])
      assert.ok(!isSecretHeader(name), name);
  });
});

describe('Redactor.deep', () => {
  it('redacts binary payloads of frames and keeps their length', () => {
    const bytes = Buffer.concat([Buffer.from([0, 255]), Buffer.from('hunter2'), Buffer.from([1])]);
    const [hidden] = new Redactor(['hunter2']).deep([frame({ opcode: 2, base64: base64(bytes) })]);
    assert.equal(Buffer.from(hidden?.base64 ?? '', 'base64').toString('latin1'), '\0\u00ff*******\x01');
  });

  it('redacts byte arrays, texts and keys that are no names, and keeps the shape', () => {
    const value = { 'a hunter2': 1, list: [null, true, 'hunter2', Buffer.from('hunter2')], date: new Date(0) };
    const hidden = new Redactor(['hunter2']).deep(value);
    assert.deepEqual(JSON.parse(JSON.stringify({ ...hidden, list: hidden.list.slice(0, 3) })), {
      'a [redacted]': 1,
      list: [null, true, '[redacted]'],
      date: '1970-01-01T00:00:00.000Z',
    });
    assert.equal(Buffer.from(hidden.list[3] as Uint8Array).toString(), '*******');
  });

  it('leaves the words of a record itself, so that it stays one', () => {
    const record = {
      schema: 'wsprobe.report/1',
      verdict: 'down',
      startedAt: '2026-11-20T12:00:00.000Z',
      phases: [{ name: 'upgrade', status: 'ok' }],
      close: { initiator: 'server', reason: 'ok' },
      status: 'ok then',
    };
    const hidden = new Redactor(['down', 'ok', '2026', 'server', 'upgrade', 'status', 'schema', 'wsprobe']).deep(
      record,
    );
    const expected = { ...record, close: { initiator: 'server', reason: '[redacted]' }, status: '[redacted] then' };
    assert.deepEqual(hidden, expected);
  });

  it('stops at a depth no report has', () => {
    let value: unknown = 'hunter2';
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    assert.doesNotMatch(JSON.stringify(new Redactor(['hunter2']).deep(value)), /hunter2/);
  });

  it('leaves no trace of a secret, however it is written, anywhere in a report', () => {
    const canary = fc.string({ minLength: 6, maxLength: 30, unit: 'binary' }).map((tail) => `cnry${tail}`);
    const spell = fc.constantFrom<(secret: string, left: string, right: string) => string>(
      (secret, left, right) => left + secret + right,
      (secret, left, right) => encodeURIComponent(left + secret + right),
      (secret, left, right) => base64(left + secret + right),
      (secret, left, right) => Buffer.from(left + secret + right).toString('base64url'),
      (secret, left, right) => JSON.stringify({ [left]: left, value: secret, right }),
      (secret, left, right) => JSON.stringify({ json: JSON.stringify([left, secret, right]) }),
    );
    const text = fc.tuple(spell, fc.string(), fc.string());
    const tree = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constant('HERE'),
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('text', 'reason', 'headers', 'evidence', 'base64'), tie('tree'), { maxKeys: 4 }),
      ),
    })).tree;
    fc.assert(
      fc.property(canary, tree, text, (secret, shape, [write, left, right]) => {
        const written = write(secret, left, right);
        const report = {
          shape: replaceHere(shape, written),
          last: written,
          frames: [frame({ base64: base64(written) })],
        };
        const hidden = new Redactor([secret]).deep(report);
        for (const shown of texts(hidden)) {
          for (const reading of [shown, tryDecode(shown), Buffer.from(shown, 'base64').toString(), tryJson(shown)]) {
            assert.ok(
              !reading.includes(secret) && !reading.includes('cnry'),
              `${JSON.stringify(secret)} in ${reading}`,
            );
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function replaceHere(value: unknown, written: string): unknown {
  if (value === 'HERE') return written;
  if (Array.isArray(value)) return value.map((item) => replaceHere(item, written));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceHere(item, written)]));
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => [key, ...texts(item)])
    : [];
}

function tryDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tryJson(text: string): string {
  try {
    return texts(JSON.parse(text)).map(tryJson).join('\n');
  } catch {
    return text;
  }
}
