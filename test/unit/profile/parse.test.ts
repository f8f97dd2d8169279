import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { environmentNames, parseProfile, referencedSecrets } from '../../../src/core/profile/parse.js';
import { assertProblem, marked } from './marked.js';

const URL_KEY = '"url": "ws://h"';
/** A profile whose only fault is in these keys. */
const withUrl = (keys: string) => `{ ${URL_KEY}, ${keys} }`;

type Row = readonly [source: string, code: string, message: RegExp];

function table(rows: readonly Row[]): void {
  for (const [source, code, message] of rows) {
    it(`${code}: ${source.length > 100 ? `${source.slice(0, 97)}…` : source.replaceAll('\n', '⏎')}`, () => {
      assertProblem(source, parseProfile(marked(source).text).problems, code, message);
    });
  }
}

describe('parseProfile: text', () => {
  table([
    ['«»', 'not-json', /empty/],
    ['«»  // nothing but a comment', 'not-json', /empty/],
    ['«[]»', 'wrong-type', /A profile must be an object/],
    ['«"ws://h"»', 'wrong-type', /A profile must be an object/],
    ['«{» }', 'missing-key', /needs the key `url`/],
    [withUrl('\n «"url"»: "ws://other"'), 'duplicate-key', /`url` stands twice/],
    [withUrl('\r\n\r\n «"nmae"»: "x"'), 'unknown-key', /Did you mean `name`\?/],
    [withUrl('«"__proto__"»: { "x": 1 }'), 'unknown-key', /`__proto__` is not a key/],
    [withUrl('«"constructor"»: 1'), 'unknown-key', /`constructor` is not a key/],
    [withUrl('"timeouts": { «"conectMs"»: 5 }'), 'unknown-key', /`timeouts.conectMs`.*`connectMs`/],
    [withUrl('"environments": { "a": { «"uri"»: "ws://a" } }'), 'unknown-key', /`url`/],
    [withUrl('"environments": { "a": { «"environments"»: {} } }'), 'unknown-key', /environments/],
  ]);

  it('reads comments, trailing commas and a byte-order mark', () => {
    const { file, problems } = parseProfile(`\ufeff// c\n{ /* c */ ${URL_KEY}, "subprotocols": ["a",], }`);
    assert.deepEqual(problems, []);
    assert.equal(file?.url, 'ws://h');
  });

  for (const text of [
    '{',
    '{"url"',
    '{"url":',
    '{"url":"ws://h"',
    "{'url':1}",
    '{"url":"a\nb"}',
    '{} {}',
    '\0',
    '{"a":"\\x"}',
    '/*',
  ]) {
    it(`says what is no JSON: ${JSON.stringify(text)}`, () => {
      const { file, problems } = parseProfile(text);
      assert.equal(file, null);
      assert.ok(problems.length > 0);
      assert.ok(problems.every(({ code, message }) => code === 'not-json' && message.length > 10));
    });
  }

  it('refuses more than 1 MiB and more than 64 levels, whatever they hold', () => {
    assert.equal(parseProfile('['.repeat(2 ** 20 + 1)).problems[0]?.code, 'too-large');
    for (const text of ['['.repeat(2 ** 20), '{"a":'.repeat(200_000), `${'['.repeat(65)}${']'.repeat(65)}`]) {
      assert.deepEqual(
        parseProfile(text).problems.map(({ code }) => code),
        ['too-deep'],
      );
    }
  });

  it('keeps the number of problems bounded', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `"k${index}": 1`).join(',');
    const { problems } = parseProfile(withUrl(keys));
    assert.equal(problems.length, 201);
    assert.ok(problems.some(({ code }) => code === 'too-many-problems'));
  });

  it('never throws and never points outside the text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"url"',
      '"ws://h"',
      '"${',
      'steps',
      '"message"',
      '1',
      'null',
      '\n',
      '\\',
      '"',
      '//',
      '"headers"',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const problem of parseProfile(text).problems) {
          assert.ok(problem.offset >= 0 && problem.offset + problem.length <= text.length);
        }
      }),
    );
  });

  it('judges any JSON value under any key without throwing', () => {
    const key = fc.constantFrom(
      'name',
      'url',
      'headers',
      'auth',
      'tls',
      'message',
      'steps',
      'expect',
      'environments',
      'variables',
      'session',
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), (profile) => {
        const { file, problems } = parseProfile(JSON.stringify(profile));
        assert.ok(file !== null || problems.length > 0);
      }),
    );
  });
});

describe('parseProfile: values', () => {
  table([
    ['{ "url": «"http://h"» }', 'invalid-url', /use ws instead of http/],
    ['{ "url": «"ws://h:70000"» }', 'invalid-url', /Port 70000/],
    ['{ "url": «5» }', 'wrong-type', /`url` must be a text in double quotes, not a number/],
    [withUrl('"name": «""»'), 'invalid-value', /`name` must not be empty/],
    [withUrl('"headers": { "X-A": «"a\\r\\nB: c"» }'), 'invalid-header', /`headers.X-A` holds a line break/],
    [withUrl('"headers": { "X-A": «"a\\u0000"» }'), 'invalid-header', /NUL/],
    [withUrl('"headers": { "X-A": ["ok", «"€"»] }'), 'invalid-header', /U\+20AC/],
    [withUrl('"headers": { «"X A"»: "b" }'), 'invalid-header', /no header name.*a blank/],
    [withUrl('"headers": { «"X-A\\r\\nB"»: "b" }'), 'invalid-header', /U\+000D/],
    [withUrl('"headers": { «"Sec-WebSocket-Protocol"»: "b" }'), 'invalid-header', /`subprotocols`/],
    [withUrl('"headers": { «"sec-websocket-key"»: "b" }'), 'invalid-header', /belongs to the opening handshake/],
    [withUrl('"headers": { «"Upgrade"»: "b" }'), 'invalid-header', /belongs to the opening handshake/],
    [withUrl('"headers": { «"CONNECTION"»: "b" }'), 'invalid-header', /belongs to the opening handshake/],
    [withUrl('"headers": { "Host": «["a", "b"]» }'), 'invalid-header', /exactly one Host/],
    [withUrl('"headers": { "X-A": "1", «"x-a"»: "2" }'), 'conflict', /ignore case/],
    [withUrl('"headers": { «"origin"»: "x" }, "origin": "https://a"'), 'conflict', /`origin` sets this header too/],
    [withUrl('"headers": { «"Cookie"»: "x" }, "cookies": {}'), 'conflict', /`cookies`/],
    [
      withUrl('"headers": { «"Authorization"»: "x" }, "auth": { "type": "bearer", "token": "t" }'),
      'conflict',
      /`auth`/,
    ],
    ['{ "url": "ws://u:p@h", «"auth"»: { "type": "bearer", "token": "t" } }', 'conflict', /user name/],
    ['{ "url": «"ws://a%3Ab:p@h"» }', 'invalid-url', /colon/],
    [withUrl('"subprotocols": ["a", «"a"»]'), 'invalid-subprotocol', /`a` stands twice/],
    [withUrl('"subprotocols": [«"a b"»]'), 'invalid-subprotocol', /a blank/],
    [withUrl('"subprotocols": [«""»]'), 'invalid-subprotocol', /must not be empty/],
    [withUrl('"subprotocols": «"a"»'), 'wrong-type', /must be a list/],
    [withUrl('"auth": { "type": «"baerer"» }'), 'invalid-value', /Did you mean "bearer"/],
    [withUrl('"auth": «{»}'), 'missing-key', /`auth` needs the key `type`/],
    [withUrl('"auth": «{» "type": "bearer" }'), 'missing-key', /`token`/],
    [withUrl('"auth": { "type": "bearer", "token": «"a\\nb"» }'), 'invalid-header', /line break/],
    [withUrl('"auth": { "type": "bearer", "token": "t", «"username"»: "u" }'), 'unknown-key', /auth.username/],
    [withUrl('"auth": { "type": "basic", "username": «"a:b"», "password": "" }'), 'invalid-value', /colon/],
    [withUrl('"auth": { "type": "apiKey", "name": «"Upgrade"», "value": "v" }'), 'invalid-header', /opening handshake/],
    [
      withUrl('"auth": { "type": "apiKey", "name": "k", "value": "v", "in": «"body"» }'),
      'invalid-value',
      /"header" or "query"/,
    ],
    [withUrl('"auth": { "type": "subprotocol", "token": «"a="» }'), 'invalid-subprotocol', /"="/],
    [
      withUrl('"subprotocols": [«"p.t"»], "auth": { "type": "subprotocol", "token": "t", "prefix": "p." }'),
      'invalid-subprotocol',
      /already/,
    ],
    [withUrl('"cookies": { "a": «"b; c=d"» }'), 'invalid-header', /semicolon/],
    [withUrl('"cookies": { «"a=b"»: "c" }'), 'invalid-header', /no cookie name/],
    [withUrl('"tls": { «"cert"»: "c.pem" }'), 'conflict', /needs `tls.key`/],
    [withUrl('"tls": { «"passphrase"»: "x" }'), 'conflict', /neither/],
    [withUrl('"tls": { "serverName": «"10.0.0.1"» }'), 'invalid-value', /host name/],
    [withUrl('"tls": { "minVersion": «"TLSv1.4"» }'), 'invalid-value', /TLSv1.3/],
    [withUrl('"tls": { "rejectUnauthorized": «"no"» }'), 'wrong-type', /true or false, not a text/],
    [withUrl('"proxy": «"p:3128"»'), 'invalid-proxy', /`proxy` must be "auto", "none" or a URL/],
    [withUrl('"proxy": «"ftp://p"»'), 'invalid-proxy', /`proxy` must start with http/],
    [withUrl('"proxy": «"http://p/path"»'), 'invalid-proxy', /`proxy` has a path/],
    [withUrl('"environments": { "e": { "proxy": «"socks4://u:p@h"» } }'), 'invalid-proxy', /SOCKS4/],
    [withUrl('"http": «"3"»'), 'invalid-value', /"1.1", "2" or "auto"/],
    [withUrl('"session": { «"shareConnection"»: true }'), 'conflict', /needs HTTP\/2: set `http`/],
    [withUrl('"http": "1.1", "session": { «"shareConnection"»: true }'), 'conflict', /needs HTTP\/2/],
    [withUrl('"http": «1.1»'), 'wrong-type', /a text in double quotes/],
    [withUrl('"compression": { "serverMaxWindowBits": «7» }'), 'out-of-range', /from 8 to 15/],
    [withUrl('"compression": { "clientMaxWindowBits": «false» }'), 'invalid-value', /true or a number/],
    [withUrl('"compression": «"yes"»'), 'wrong-type', /true, false or an object/],
    [withUrl('"timeouts": { "closeMs": «0» }'), 'out-of-range', /whole number from 1 to 86400000/],
    [withUrl('"timeouts": { "closeMs": «1e999» }'), 'out-of-range', /whole number/],
    [withUrl('"limits": { "maxMessageBytes": «4294967296» }'), 'out-of-range', /2147483647/],
    [withUrl('"message": { "samples": «1001» }'), 'out-of-range', /1000/],
    [withUrl('"message": { "samples": «1.5» }'), 'out-of-range', /whole number/],
    [withUrl('"message": { "expect": «"echo"» }'), 'conflict', /sends nothing/],
    [withUrl('"message": { "expect": «"ehco"» }'), 'invalid-value', /Did you mean "echo"/],
    [withUrl('"message": { "send": «{»} }'), 'invalid-value', /exactly one of `text`, `json`/],
    [withUrl('"message": { "send": { "text": "a", «"json"»: 1 } }'), 'invalid-value', /exactly one/],
    [withUrl('"message": { "send": «5» }'), 'wrong-type', /a text or an object/],
    [withUrl('"message": { "send": { "hex": «"0"» } }'), 'invalid-value', /odd number/],
    [withUrl('"message": { "send": { "hex": «"zz"» } }'), 'invalid-value', /hexadecimal/],
    [withUrl('"message": { "send": { "base64": «"a"» } }'), 'invalid-value', /base64/],
    [withUrl('"message": { "send": { "base64": «"ab=c"» } }'), 'invalid-value', /base64/],
    [withUrl('"message": { "expect": «{»} }'), 'invalid-value', /exactly one of `equals`/],
    [withUrl('"message": { "expect": { "contains": "a", «"matches"»: "b" } }'), 'invalid-value', /exactly one/],
    [withUrl('"message": { "expect": { "matches": «"("» } }'), 'invalid-value', /not a regular expression/],
    [withUrl('"message": { "expect": { "jsonPath": «"type"», "exists": true } }'), 'invalid-value', /RFC 9535/],
    [withUrl('"message": { "expect": «{» "jsonPath": "$.a" } }'), 'invalid-value', /goes with exactly one/],
    [withUrl('"message": { "expect": { "jsonPath": "$.a", «"contains"»: "x" } }'), 'invalid-value', /does not go with/],
    [withUrl('"message": { "expect": { «"exists"»: true } }'), 'invalid-value', /goes with `jsonPath`/],
    [withUrl('"message": { "expect": { "equals": «5» } }'), 'wrong-type', /must be a text/],
    [withUrl('"message": { "expect": { "binary": «"0g"» } }'), 'invalid-value', /hexadecimal/],
    [
      withUrl('"message": { "send": { "json": { "n": «12345678901234567890» } } }'),
      'number-precision',
      /12345678901234567000/,
    ],
    [withUrl('"expect": { "status": «99» }'), 'out-of-range', /100 to 599/],
    [withUrl('"expect": { "headers": { "x": «{»} } }'), 'invalid-value', /`equals`, `contains`, `matches`/],
    [withUrl('"expect": { "headers": { "x": { "matches": «"["» } } }'), 'invalid-value', /regular expression/],
    [withUrl('"expect": { "closeCode": [1000, «999»] }'), 'out-of-range', /1000 to 4999/],
    [withUrl('"expect": { "holdMs": «-1» }'), 'out-of-range', /from 0/],
    [
      withUrl('"expect": { "budgets": { "upgrade": { "degradedMs": 5, "downMs": «4» } } }'),
      'invalid-value',
      /not be below/,
    ],
    [withUrl('"expect": { "budgets": { "message": { "percentile": «42» } } }'), 'invalid-value', /50, 95, 99 or 100/],
    [withUrl('"expect": { "budgets": { "tcp": { «"percentile"»: 50 } } }'), 'unknown-key', /percentile/],
    [withUrl('"variables": { «"a b"»: "x" }'), 'invalid-value', /no name for a variable/],
    [withUrl('"variables": { «"uuid"»: "x" }'), 'invalid-value', /is taken/],
    [withUrl('"variables": { "a": «1» }'), 'wrong-type', /a text/],
  ]);

  it('warns about an origin that no browser would send, and keeps the file', () => {
    const { file, problems } = parseProfile(withUrl('"origin": "https://a/b"'));
    assert.deepEqual(
      problems.map(({ severity, code }) => [severity, code]),
      [['warning', 'unusual-origin']],
    );
    assert.ok(file);
  });
});

describe('parseProfile: dialects', () => {
  table([
    [
      withUrl('"session": { "dialect": «"klingon"» }'),
      'invalid-value',
      /no dialect; known are auto, none, .*socket\.io/,
    ],
  ]);

  it('takes every way to a server', () => {
    const ways = [
      '"proxy": "none", "http": "1.1", "followRedirects": false',
      '"proxy": "socks5h://u:p%40@127.0.0.2:1080/", "http": "2", "followRedirects": true',
      '"proxy": "http://u:${secret:proxy}@[::1]:3128", "http": "auto", "session": { "shareConnection": true }',
      '"http": "${env:V}", "session": { "shareConnection": true }',
      '"session": { "shareConnection": true }, "environments": { "e": { "http": "2" } }',
      '"session": { "shareConnection": false }',
    ];
    for (const way of ways) assert.deepEqual(parseProfile(withUrl(way)).problems, [], way);
  });

  it('knows dialects by name and alias', () => {
    for (const name of ['auto', 'none', 'socket.io', 'graphql-transport-ws', 'mcp']) {
      assert.deepEqual(parseProfile(withUrl(`"session": { "dialect": "${name}" }`)).problems, [], name);
    }
  });
});

describe('parseProfile: watch', () => {
  table([
    [withUrl('"watch": { "everyMs": «0» }'), 'out-of-range', /from 1 to 86400000/],
    [withUrl('"watch": { "hold": «1» }'), 'wrong-type', /true or false/],
    [withUrl('"watch": { «"everyMsec"»: 5 }'), 'unknown-key', /Did you mean/],
    [
      withUrl('"steps": [{ "expect": { «"text"»: "hi" } }]'),
      'unknown-key',
      /What may stand there: `equals`, `contains`, .*`kind`\.$/,
    ],
  ]);
});

describe('parseProfile: steps', () => {
  table([
    [withUrl('"steps": [{ "wait": 5, «"waits"»: 1 }]'), 'unknown-key', /`steps\[0\]\.waits` is not a key/],
    [withUrl('"steps": [{ "expect": { "contains": «5» } }]'), 'wrong-type', /must be a text/],
    [
      withUrl('"steps": [{ "send": "a", «"client"»: "bob" }]'.replace('«"client"»: "bob"', '"client": «"bob"»')),
      'unknown-client',
      /no `clients`/,
    ],
    [withUrl('"clients": { "alice": {} }, "steps": [«{» "wait": 5 }]'), 'missing-key', /Whose step is it\?/],
    [
      withUrl('"clients": { "alice": {} }, "steps": [{ "client": «"alcie"», "wait": 5 }]'),
      'unknown-client',
      /did you mean `alice`/,
    ],
    [withUrl('«"clients"»: { "alice": {} }'), 'conflict', /talk in `steps`/],
    [withUrl('"clients": «{}», "steps": []'), 'invalid-value', /must not be empty/],
    ...['steps', 'clients', 'environments'].map(
      (key) =>
        [
          withUrl(
            `"clients": { "a": { «"${key}"»: ${key === 'steps' ? '[]' : '{}'} } }, "steps": [{ "client": "a", "wait": 1 }]`,
          ),
          'unknown-key',
          /is not a key/,
        ] as const,
    ),
    [
      withUrl(
        '"steps": [{ "repeat": { "times": 101, "steps": [{ "repeat": { "times": 100, "steps": [«{» "wait": 1 }] } }] } }]',
      ),
      'too-large',
      /at most 10000 steps/,
    ],
    [withUrl('"steps": [{ "repeat": { "times": 2, "steps": «[]» } }]'), 'invalid-value', /must not be an empty list/],
    [withUrl('"steps": [{ "wait": 500, "withinMs": «100» }]'), 'conflict', /never pass/],
    [
      withUrl('"steps": [{ "expectNone": { "contains": "a" }, "forMs": 500, "withinMs": «100» }]'),
      'conflict',
      /never pass/,
    ],
    [withUrl('"steps": [{ "send": "a", «"strict"»: true }]'), 'invalid-value', /does not go with `send`/],
    [
      withUrl('"steps": [{ "expectCount": «{» "match": { "contains": "a" } } }]'),
      'missing-key',
      /needs `min`, `max` or both/,
    ],
    [
      withUrl('"steps": [{ "expectCount": { "match": { "contains": "a" }, "min": 3, "max": «2» } }]'),
      'invalid-value',
      /not be below/,
    ],
    [
      withUrl('"steps": [{ "expect": { "jsonPath": "$.a", "equals": 1, «"gt"»: 1 } }]'),
      'invalid-value',
      /goes with exactly one of/,
    ],
    [withUrl('"steps": [{ "expect": { «"gt"»: 1 } }]'), 'invalid-value', /goes with `jsonPath`/],
    [withUrl('"steps": [{ "expect": { "not": { "all": [{ "equals": «5» }] } } }]'), 'wrong-type', /must be a text/],
    [withUrl('"steps": [{ "expect": { "any": «[]» } }]'), 'invalid-value', /must not be an empty list/],
    [
      withUrl('"steps": [{ "expect": { "schema": «{ "$ref": "https://example.com/s.json" }» } }]'),
      'invalid-value',
      /nothing is fetched/,
    ],
    [
      withUrl('"steps": [{ "expect": { "schema": «{ "properties": { "a": { "pattern": "(" } } }» } }]'),
      'invalid-value',
      /no JSON Schema to judge by/,
    ],
    [
      withUrl('"steps": [{ "expect": { "schema": «{ "type": "strng" }» } }]'),
      'invalid-value',
      /type "strng" is no type/,
    ],
    [
      withUrl('"steps": [{ "expect": { "schema": «{ "items": { "required": "id" } }» } }]'),
      'invalid-value',
      /required/,
    ],
    [withUrl('"steps": [{ "close": { "code": «1006» } }]'), 'out-of-range', /1007-1014/],
    [withUrl('"steps": [{ "close": { "code": «1015» } }]'), 'out-of-range', /1007-1014/],
    [withUrl('"steps": [{ "expect": { "matches": «"("» } }]'), 'invalid-value', /regular expression/],
    [withUrl('"steps": [{ "send": "«${nope}»" }]'), 'unresolved-variable', /nope/],
    [
      withUrl('"steps": [{ "repeat": { "times": 1, "steps": [{ "send": "«${nope}»" }] } }]'),
      'unresolved-variable',
      /nope/,
    ],
  ]);

  it('takes what stands in the contract', () => {
    const steps = `"clients": { "alice": { "auth": { "type": "bearer", "token": "\${secret:alice}" } }, "bob": { "headers": {} } },
      "steps": [
        { "client": "alice", "send": { "json": { "type": "join" } }, "name": "join", "budgetMs": 5, "withinMs": 9 },
        { "client": "bob", "expect": { "jsonPath": "$.type", "equals": "joined" }, "capture": { "who": "$.user" }, "strict": true },
        { "client": "bob", "expectAll": [ { "schema": { "$ref": "#" } }, { "in": "decoded", "kind": "binary", "equals": { "a": "\${who}" } } ] },
        { "client": "bob", "expectNone": { "schema": "./a.json" }, "forMs": 500 },
        { "client": "bob", "expectCount": { "match": { "jsonPath": "$.n", "ge": 3 }, "min": 3, "max": 10 } },
        { "client": "bob", "repeat": { "times": 10000, "steps": [ { "wait": 0 } ] } },
        { "client": "bob", "ping": {} }, { "client": "bob", "wait": 250 }, { "client": "bob", "close": { "code": 1000 } },
        { "client": "bob", "expectClose": { "code": [1000, 4401], "reason": { "contains": "\${who}" } } }
      ]`;
    const codes = parseProfile(withUrl(steps)).problems.map(({ code, line }) => `${code} ${line}`);
    assert.deepEqual(codes, ['too-large 7']);
  });

  it('judges the shape', () => {
    const steps = `"steps": [
      { "close": { "code": 1006 } }, { "close": { "code": 5000 } }, { "send": "a", "ping": {} }, {}, { "wait": 1, "capture": {} },
      { "expect": { "jsonPath": "$.a", "exists": true }, "withinMs": 5, "capture": { "id": "$$" } }, { "expectClose": { "code": [1000, 4401] } }
    ]`;
    const { problems } = parseProfile(withUrl(steps));
    const codes = problems.map(({ code }) => code);
    assert.deepEqual(codes, [
      'out-of-range',
      'out-of-range',
      'invalid-value',
      'invalid-value',
      'invalid-value',
      'invalid-value',
    ]);
  });

  it('keeps the file, so that it can be listed', () => {
    assert.ok(parseProfile(withUrl('"steps": []')).file);
  });
});

describe('parseProfile: variables', () => {
  table([
    ['{ "url": "ws://«${host}»/a" }', 'unresolved-variable', /\$\{host\} is not defined/],
    [
      '{ "url": "ws://h/\\n\\u0041\\"«${hots}»", "variables": { "host": "h" } }',
      'unresolved-variable',
      /Did you mean \$\{host\}/,
    ],
    [withUrl('"headers": { "X": ["a", "b «${c»"] }').replace('«${c»', '«${»c'), 'variable-syntax', /missing/],
    [withUrl('"name": "«${no such}»"'), 'variable-syntax', /is not a variable/],
    [withUrl('"name": "«${evn:A}»"'), 'variable-syntax', /\$\{env:NAME\}/],
    [withUrl('"name": "«${}»"'), 'variable-syntax', /is not a variable/],
    [withUrl('"name": "«${uuid}»"'), 'unresolved-variable', /in messages only/],
    [withUrl('"message": { "send": { "file": "«${uuid}»" } }'), 'unresolved-variable', /in messages only/],
    [withUrl('"message": { "expect": { "equals": "«${seq}»" } }'), 'unresolved-variable', /in messages only/],
    [withUrl('"variables": { "a": "«${a}»" }'), 'variable-cycle', /`a` → `a`/],
    [withUrl('"variables": { "a": "${b}", "b": "x«${a}»" }'), 'variable-cycle', /`a` → `b` → `a`/],
    [
      withUrl('"variables": { "a": "${b}", "b": "x" }, "environments": { "e": { "variables": { "b": "«${a}»" } } }'),
      'variable-cycle',
      /`a` → `b` → `a`/,
    ],
  ]);

  it('asks for no values: secrets, environment and variables of any environment pass', () => {
    const text = withUrl(`
      "auth": { "type": "bearer", "token": "\${secret:t}" }, "origin": "\${env:ORIGIN}", "name": "$\${literal}",
      "tls": { "minVersion": "\${v}", "serverName": "\${v}" }, "subprotocols": ["\${v}", "\${v}"], "http": "\${v}", "proxy": "\${v}",
      "message": { "send": { "json": ["\${uuid}", { "a": "\${now} \${seq}" }] }, "expect": { "matches": "\${v}(" } },
      "environments": { "e": { "variables": { "v": "\${env:X}" } } }`);
    const { file, problems } = parseProfile(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(referencedSecrets(file ?? {}), ['t']);
    assert.deepEqual(environmentNames(file ?? {}), ['e']);
  });

  it('takes the URL from an environment alone', () => {
    assert.deepEqual(parseProfile('{ "environments": { "e": { "url": "ws://h" } } }').problems, []);
  });

  it('bounds variables and environments, and what they multiply to', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `"v${index}": "\${v${index + 1}}"`).join(',');
    const environments = Array.from({ length: 5000 }, (_, index) => `"e${index}": {}`).join(',');
    const { problems } = parseProfile(withUrl(`"variables": { ${names} }, "environments": { ${environments} }`));
    assert.ok(problems.some(({ code }) => code === 'too-large'));
  });
});

describe('parseProfile: a file made to be slow', () => {
  const filled = (head: string, unit: string, tail: string) =>
    head + unit.repeat(Math.floor((2 ** 20 - 200) / unit.length)) + tail;
  const texts: readonly string[] = [
    filled('{"url":"ws://h","name":"', '${x}', '"}'),
    filled('{"url":"ws://h","variables":{"a":"', '${a}', '"}}'),
    filled('{"url":"ws://h","variables":{"a":"b"},"name":"', '${a}', '"}'),
    filled('{"url":"ws://h","name":"', '${', '"}'),
    filled('{"url":"ws://h",', '"urk":1,', '}'),
    filled('{"url":"ws://h","message":{"expect":{"jsonPath":"$', '[(', '","exists":true}}}'),
    filled('{"url":"ws://h","message":{"send":{"json":', '9', '}}}'),
    filled('{"url":"ws://h","headers":{"Authorization":"a', ' ', '"}}'),
  ];
  for (const text of texts) {
    it(`${text.slice(0, 70)}…`, () => {
      const { problems } = parseProfile(text);
      assert.ok(problems.length <= 201);
      assert.ok(problems.every(({ message }) => message.length < 500));
    });
  }
});
