import assert from 'node:assert/strict';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import type { ResolveContext } from '../../../src/core/profile/profile.js';
import { destinations, profileNeeds, shownVariables } from '../../../src/core/profile/destinations.js';
import { planFromUrl, resolveText } from '../../../src/core/profile/resolve.js';
import { assertProblem, marked } from './marked.js';

const NOTHING: ResolveContext = { env: {}, secrets: {}, baseDir: null };

function planOf(profile: object | string, context: Partial<ResolveContext> = {}): ProbePlan {
  const text = typeof profile === 'string' ? profile : JSON.stringify(profile);
  const { plan, problems } = resolveText(text, { ...NOTHING, ...context });
  assert.deepEqual(problems, []);
  assert.ok(plan);
  return plan;
}

describe('resolveText', () => {
  it('fills in every default', () => {
    assert.deepEqual(planOf({ url: 'ws://h/p' }), {
      name: 'h/p',
      url: 'ws://h/p',
      headers: [],
      origin: null,
      subprotocols: [],
      auth: null,
      cookies: {},
      tls: {},
      proxyChoice: 'auto',
      proxy: null,
      unusedProxy: null,
      http: '1.1',
      compression: true,
      followRedirects: false,
      timeouts: { connectMs: 10000, upgradeMs: 10000, messageMs: 5000, closeMs: 3000 },
      limits: { maxMessageBytes: 104857600 },
      message: null,
      messages: [],
      watch: { everyMs: 30000, alertAfter: 2, hold: false, sequence: null },
      variables: {},
      session: { heartbeat: null, reconnect: null, dialect: 'auto', autoPong: true, shareConnection: false },
      expect: {
        holdMs: 250,
        budgets: {
          upgrade: { degradedMs: 1000, downMs: null },
          message: { degradedMs: 200, downMs: 5000, percentile: 50 },
        },
      },
      baseDir: null,
      secrets: [],
      allowLinkLocal: false,
    });
  });

  it('takes name, folder and permission from the context, the name of the file first', () => {
    const context = { name: 'file', baseDir: '/d', allowLinkLocal: true };
    const { name, baseDir, allowLinkLocal } = planOf({ url: 'ws://h' }, context);
    assert.deepEqual([name, baseDir, allowLinkLocal], ['file', '/d', true]);
    assert.equal(planOf({ url: 'ws://h', name: 'own' }, context).name, 'own');
  });

  it('keeps the order of headers and gives each value of a list its own entry', () => {
    const { headers } = planOf({ url: 'ws://h', headers: { b: '1', A: ['2', '3'], Host: 'other' } });
    assert.deepEqual(headers, [
      ['b', '1'],
      ['A', '2'],
      ['A', '3'],
      ['Host', 'other'],
    ]);
  });

  it('merges a budget with its default, and drops a default it contradicts', () => {
    const budgets = { upgrade: { downMs: 500 }, message: 6000, total: 3000, tcp: { degradedMs: null, downMs: 9 } };
    assert.deepEqual(planOf({ url: 'ws://h', expect: { budgets } }).expect.budgets, {
      upgrade: { degradedMs: null, downMs: 500 },
      message: { degradedMs: 6000, downMs: null, percentile: 50 },
      total: { degradedMs: 3000, downMs: null },
      tcp: { degradedMs: null, downMs: 9 },
    });
    const message = { degradedMs: 100, percentile: 95 };
    assert.deepEqual(planOf({ url: 'ws://h', expect: { budgets: { message } } }).expect.budgets.message, {
      degradedMs: 100,
      downMs: 5000,
      percentile: 95,
    });
  });

  it('fills in the small defaults of message, close code and API key', () => {
    const { message, expect, auth } = planOf({
      url: 'ws://h',
      message: { send: 'hi' },
      expect: { closeCode: 1000 },
      auth: { type: 'apiKey', name: 'k', value: 'vvvv' },
    });
    assert.deepEqual(message, { send: 'hi', expect: 'any', samples: 1 });
    assert.deepEqual(expect.closeCode, [1000]);
    assert.deepEqual(auth, { type: 'apiKey', name: 'k', value: 'vvvv', in: 'header' });
  });

  it('moves user info to basic auth and out of the URL', () => {
    const { url, auth, name, secrets } = planOf({ url: 'ws://us%20er:p%40ss@h:81/x' });
    assert.deepEqual([url, name], ['ws://h:81/x', 'h:81/x']);
    assert.deepEqual(auth, { type: 'basic', username: 'us er', password: 'p@ss' });
    assert.deepEqual(secrets, ['us er:p@ss', 'p@ss']);
  });
});

describe('variables', () => {
  it('come from the file, the environment of the machine and the secrets, and use each other', () => {
    const profile = {
      url: 'ws://${host}/${env:PATH_}?t=${secret:t}',
      headers: { X: ['${a}', '$${a}'] },
      variables: { host: '${env:HOST_}', a: '<${b}>', b: 'b' },
    };
    const plan = planOf(profile, { env: { HOST_: 'h:81', PATH_: 'p' }, secrets: { t: 'tttt' } });
    assert.equal(plan.url, 'ws://h:81/p?t=tttt');
    assert.deepEqual(plan.headers, [
      ['X', '<b>'],
      ['X', '${a}'],
    ]);
    assert.deepEqual(plan.secrets, ['tttt']);
  });

  it('of the context win, and stand as they are', () => {
    const plan = planOf(
      { url: 'ws://h', name: '${a}${new}', variables: { a: '1' } },
      { variables: { a: '${b}', new: '!' } },
    );
    assert.equal(plan.name, '${b}!');
  });

  it('of an environment add to those of the file, and its keys take the place of the file’s', () => {
    const profile = {
      url: 'ws://${host}',
      origin: 'https://a',
      expect: { holdMs: 1, status: 101 },
      variables: { host: 'a', kept: 'k' },
      name: '${kept}',
      environments: { e: { variables: { host: 'b' }, expect: { holdMs: 2 } }, f: { url: 'wss://f' } },
    };
    const inE = planOf(profile, { environment: 'e' });
    assert.deepEqual(
      [inE.url, inE.name, inE.origin, inE.expect.holdMs, inE.expect.status],
      ['ws://b/', 'k', 'https://a', 2, undefined],
    );
    assert.equal(planOf(profile, { environment: 'f' }).url, 'wss://f/');
    assert.equal(planOf(profile).url, 'ws://a/');
  });

  it('stay in messages until they are sent, and nothing else there looks like one', () => {
    const profile = {
      url: 'ws://h',
      message: { send: { json: { id: '${uuid}-${v}', text: '$${now}', from: '${secret:s}' } } },
      variables: { v: '${seq}' },
    };
    const plan = planOf(profile, { secrets: { s: '${now}' } });
    assert.deepEqual(plan.message?.send, { json: { id: '${uuid}-${seq}', text: '$${now}', from: '$${now}' } });
  });

  it('take the names of Object.prototype for what they are', () => {
    const { problems } = resolveText('{ "url": "ws://h", "name": "${env:constructor}${secret:toString}" }', NOTHING);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['unresolved-variable', 'unresolved-variable'],
    );
    assert.equal(planOf('{ "url": "ws://h", "name": "${__proto__}", "variables": { "__proto__": "x" } }').name, 'x');
  });

  it('that multiply are stopped', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => [`v${index}`, `\${v${index + 1}}\${v${index + 1}}`]);
    const variables = { ...Object.fromEntries(doubling), v40: 'x' };
    const { plan, problems } = resolveText(JSON.stringify({ url: 'ws://h/${v0}', variables }), NOTHING);
    assert.equal(plan, null);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['too-large'],
    );
    const long = {
      url: 'ws://h',
      headers: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`h${i}`, '${v}'])),
      variables: { v: 'x'.repeat(900_000) },
    };
    assert.ok(resolveText(JSON.stringify(long), NOTHING).problems.some(({ code }) => code === 'too-large'));
    const chain = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`v${index}`, `\${v${index + 1}}`]));
    const deep = resolveText(
      JSON.stringify({ url: 'ws://h', name: '${v0}', variables: { ...chain, v900: 'x' } }),
      NOTHING,
    );
    assert.deepEqual(
      deep.problems.map(({ code }) => code),
      ['too-deep'],
    );
  });

  const rows: readonly (readonly [string, string, RegExp, Partial<ResolveContext>?])[] = [
    ['{ "url": "ws://h", "origin": "x«${env:NOT_SET}»" }', 'unresolved-variable', /`NOT_SET` is not set/],
    [
      '{ "url": "ws://\\u0068\\"«${secret:api-key}»" }',
      'unresolved-variable',
      /WSPROBE_SECRET_API_KEY .*"WebSocket: Set Secret"/,
    ],
    [
      '{ "url": "ws://h/«${v}»", "environments": { "e": { "variables": { "v": "x" } } } }',
      'unresolved-variable',
      /choose one/,
    ],
    ['{ "url": "ws://h", "variables": { "v": "«${env:A}»" }, "name": "${v} ${v}" }', 'unresolved-variable', /`A`/],
    [
      '{ "url": "ws://h", «"environments"»: { "local": {} } }',
      'unknown-environment',
      /`prod`: the profile has `local`/,
      { environment: 'prod' },
    ],
    ['«{» "url": "ws://h" }', 'unknown-environment', /has none/, { environment: '__proto__' }],
    ['«{» "environments": { "e": { "url": "ws://h" } } }', 'missing-key', /`url`/],
    ['{ "url": «"${env:U}"» }', 'invalid-url', /use wss instead of https/, { env: { U: 'https://h' } }],
    [
      '{ "url": "ws://h", "headers": { "X": «"${env:V}"» } }',
      'invalid-header',
      /line break/,
      { env: { V: 'a\r\nEvil: 1' } },
    ],
    [
      '{ "url": "ws://h", "auth": { "type": "bearer", "token": «"${secret:t}"» } }',
      'invalid-header',
      /line break/,
      { secrets: { t: 'a\nb' } },
    ],
    [
      '{ "url": "ws://h", "auth": { "type": "bearer", "token": «"${secret:t}"» } }',
      'invalid-header',
      /empty/,
      { secrets: { t: '' } },
    ],
    ['{ "url": "ws://h", "subprotocols": [«"${env:V}"»] }', 'invalid-subprotocol', /","/, { env: { V: 'a,b' } }],
    ['{ "url": "ws://h", "http": «"${env:V}"» }', 'invalid-value', /`http`/, { env: { V: '3' } }],
    [
      '{ "url": "ws://h", "proxy": «"http://u:${secret:p}@h"» }',
      'invalid-proxy',
      /`proxy` has a path/,
      { secrets: { p: 's3cr/et' } },
    ],
    [
      '{ "url": "ws://h", "proxy": «"auto"» }',
      'invalid-proxy',
      /^The proxy that `http_proxy` names must start with http/,
      { env: { http_proxy: 'ftp://u:s3cret@h' } },
    ],
    [
      '{ "url": «"wss://h"» }',
      'invalid-proxy',
      /^The proxy that `http\.proxy` names has a port out of range/,
      { editorProxy: { support: 'on', url: 'http://u:s3cret@h:0', noProxy: [], authorization: null, strictSSL: true } },
    ],
    [
      '{ "url": "ws://h", "session": { «"shareConnection"»: true }, "environments": { "e": { "http": "2" } } }',
      'conflict',
      /needs HTTP/,
      {},
    ],
    [
      '{ "url": "ws://h", "message": { "send": { "hex": «"${env:V}"» } } }',
      'invalid-value',
      /hexadecimal/,
      { env: { V: 'xx' } },
    ],
    [
      '{ "url": "ws://h", "message": { "send": "a", "expect": { "matches": «"${env:V}"» } } }',
      'invalid-value',
      /regular/,
      { env: { V: '(' } },
    ],
    ['{ "url": "ws://h", "name": «"${v}"», "variables": { "v": "${uuid}" } }', 'unresolved-variable', /messages only/],
  ];
  for (const [source, code, message, context] of rows) {
    it(`${code}: ${source}`, () => {
      const { plan, problems } = resolveText(marked(source).text, { ...NOTHING, ...context });
      assert.equal(plan, null);
      assertProblem(source, problems, code, message);
    });
  }

  it('leave what an environment not chosen would bring alone', () => {
    const text = JSON.stringify({
      url: 'ws://h',
      environments: { e: { origin: '${env:NOT_SET}' } },
    });
    assert.ok(resolveText(text, NOTHING).plan);
    assert.deepEqual(
      resolveText(text, { ...NOTHING, environment: 'e' }).problems.map(({ code }) => code),
      ['unresolved-variable'],
    );
  });
});

describe('secrets of a plan', () => {
  const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const KEY = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----';
  const rows: readonly (readonly [string, object, readonly string[]])[] = [
    ['bearer', { auth: { type: 'bearer', token: 'tok1' } }, ['tok1']],
    ['basic', { auth: { type: 'basic', username: 'user', password: 'pw' } }, ['user:pw', 'pw']],
    ['basic without a password', { auth: { type: 'basic', username: 'user', password: '' } }, ['user:', 'user']],
    ['a token as user name', { url: 'ws://long-user-token:x@h' }, ['long-user-token:x', 'long-user-token', 'x']],
    ['API key', { auth: { type: 'apiKey', name: 'k', value: 'v1v1', in: 'query' } }, ['v1v1']],
    ['subprotocol', { auth: { type: 'subprotocol', token: 't1t1', prefix: 'p.' } }, ['p.t1t1', 't1t1']],
    ['cookies, not flags', { cookies: { sid: 'abcd', consent: '1' } }, ['abcd']],
    ['passphrase', { tls: { key: 'k', cert: 'c', passphrase: 'open' } }, ['open']],
    [
      'query',
      { url: 'ws://h/?tenant=acme&access_token=a%2Fbc&apiKey=kkkk&X-Sig=ssss&q=1' },
      ['a%2Fbc', 'a/bc', 'kkkk', 'ssss'],
    ],
    [
      'headers',
      { headers: { 'X-Tenant': 'acme', 'x-api-key': 'kkkk', 'X-Auth-Token': 'tttt', 'Idempotency-Key': 'iiii' } },
      ['kkkk', 'tttt'],
    ],
    ['authorization', { headers: { Authorization: 'Bearer abcd' } }, ['Bearer abcd', 'abcd']],
    [
      'basic header',
      { headers: { authorization: 'Basic dTpzZWNyZXQ=' } },
      ['Basic dTpzZWNyZXQ=', 'dTpzZWNyZXQ=', 'u:secret', 'secret'],
    ],
    ['proxy', { proxy: 'http://user:p%40w@p' }, ['user:p@w', 'p@w', Buffer.from('user:p@w').toString('base64')]],
    [
      'proxy with a token',
      { proxy: 'socks5://t0k3n@p' },
      ['t0k3n:', 't0k3n', Buffer.from('t0k3n:').toString('base64')],
    ],
    ['private key in the file', { tls: { cert: `${CERTIFICATE}\n${KEY}`, key: KEY } }, [`${CERTIFICATE}\n${KEY}`, KEY]],
    ['certificate in the file', { tls: { cert: CERTIFICATE, key: 'k.pem' } }, []],
    ['proxy of SOCKS4', { proxy: 'socks4://user@p' }, []],
    ['cookie header', { headers: { Cookie: 'sid=abcd; theme=dark2' } }, ['dark2', 'abcd']],
  ];
  for (const [name, profile, expected] of rows) {
    it(name, () => {
      assert.deepEqual([...planOf({ url: 'ws://h', ...profile }).secrets].sort(), [...expected].sort());
    });
  }

  it('hold what the editor gives a proxy, used or not', () => {
    const authorization = 'Basic dTpzZWNyZXQ=';
    const editorProxy = { support: 'on', url: 'http://p', noProxy: ['h'], authorization, strictSSL: true };
    for (const url of ['ws://h', 'ws://other']) {
      const { plan } = resolveText(JSON.stringify({ url }), { ...NOTHING, editorProxy });
      assert.ok(plan);
      assert.deepEqual([...plan.secrets].sort(), [authorization, 'dTpzZWNyZXQ=', 'secret', 'u:secret'].sort());
    }
  });

  it('never stand in a problem', () => {
    const text = '{ "url": "ws://h", "subprotocols": ["${secret:s}", "${secret:s}"], "origin": "${env:NOT_SET}" }';
    const { problems } = resolveText(text, { ...NOTHING, secrets: { s: 'hunter2' } });
    assert.equal(problems.length, 2);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });
});

describe('planFromUrl', () => {
  it('gives a plan for a URL with keys of a profile beside it', () => {
    const { plan, problems } = planFromUrl(
      'ws://h/x',
      { headers: { A: '1' }, timeouts: { connectMs: 5 } },
      { ...NOTHING, name: 'n' },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [plan?.url, plan?.name, plan?.headers, plan?.timeouts.connectMs],
      ['ws://h/x', 'n', [['A', '1']], 5],
    );
  });

  it('judges them as a file is judged', () => {
    const codes = (url: string, overrides?: object) => planFromUrl(url, overrides).problems.map(({ code }) => code);
    assert.deepEqual(codes('nonsense'), ['invalid-url']);
    assert.deepEqual(codes('ws://h', { headers: { A: 'b\r\nC: d' } }), ['invalid-header']);
    assert.deepEqual(codes('ws://h', { nonsense: 1 }), ['unknown-key']);
    assert.deepEqual(codes('ws://h/${secret:x}'), ['unresolved-variable']);
  });

  it('refuses what is no JSON', () => {
    const circle: Record<string, unknown> = {};
    circle['headers'] = circle;
    assert.deepEqual(
      planFromUrl('ws://h', circle).problems.map(({ code }) => code),
      ['not-json'],
    );
  });
});

describe('variables for messages typed later', () => {
  it('have the values of the environment chosen; what has none is left out, and secrets stay secret', () => {
    const text = `{ "url": "ws://h", "variables": { "a": "1", "b": "\${a}2", "key": "\${secret:key}", "none": "\${env:NONE}", "id": "\${uuid}" },
      "environments": { "x": { "variables": { "a": "9" } } } }`;
    const { plan, problems } = resolveText(text, { ...NOTHING, environment: 'x', secrets: { key: 'hunter2' } });
    assert.deepEqual(problems, []);
    assert.deepEqual(plan?.variables, { a: '9', b: '92', key: 'hunter2' });
    assert.ok(plan.secrets.includes('hunter2'));
  });
});

describe('session options', () => {
  const session = (text: string) => resolveText(`{ "url": "ws://h", "session": ${text} }`, NOTHING).plan?.session;

  it('fills in what a heartbeat and a reconnect leave out', () => {
    assert.deepEqual(session('{ "heartbeat": {}, "reconnect": {} }'), {
      heartbeat: { everyMs: 30_000, timeoutMs: 10_000, send: 'ping' },
      reconnect: { initialMs: 1_000, maxMs: 30_000, jitter: 0.5, maxAttempts: 10 },
      dialect: 'auto',
      autoPong: true,
      shareConnection: false,
    });
  });

  it('keeps what the profile says', () => {
    const kept = session(
      '{ "heartbeat": { "every": 5, "send": { "json": {} } }, "reconnect": { "jitter": 0 }, "dialect": "stomp", "autoPong": false }',
    );
    assert.deepEqual(kept?.heartbeat, { everyMs: 5, timeoutMs: 10_000, send: { json: {} } });
    assert.equal(kept.reconnect?.jitter, 0);
    assert.deepEqual([kept.dialect, kept.autoPong], ['stomp', false]);
  });

  it('names the secrets and variables of the environment it uses, and leaves messages as they are written', () => {
    const text = JSON.stringify({
      url: 'ws://h/?a=${secret:a}&v=${v}',
      variables: { v: '${env:V}', unused: '${secret:unused}', spare: '${secret:spare}' },
      messages: [
        { name: 'in', send: { json: { t: '${secret:a}', v: '${v}' } } },
        { name: 'file', send: { file: '${v}.bin' } },
      ],
      environments: { other: { headers: { 'X-O': '${secret:other}' } } },
    });
    const context = { ...NOTHING, env: { V: 'x' }, secrets: { a: 'aaaa', spare: 'ssss' } };
    const { names, written } = resolveText(text, context);
    assert.deepEqual(names, { secrets: ['a', 'spare'], env: ['V'] });
    assert.deepEqual(written, [
      { name: 'in', send: { json: { t: '${secret:a}', v: '${v}' } } },
      { name: 'file', send: { file: 'x.bin' } },
    ]);
    const other = resolveText(text, { ...context, environment: 'other' });
    assert.equal(other.plan, null);
    assert.deepEqual(other.names.secrets, ['a', 'other', 'spare']);
  });

  it('finds what a run needs and where it leads without the value of any secret', () => {
    const text = JSON.stringify({
      url: 'wss://${host}:8443/?a=${secret:a}',
      proxy: 'http://u:${secret:p}@proxy.example:3128',
      variables: { host: '${env:HOST}' },
    });
    const needs = profileNeeds(text, { env: { HOST: 'api.example.com' }, baseDir: null });
    assert.deepEqual([...needs.secrets].sort(), ['a', 'p']);
    assert.deepEqual([needs.env, needs.hosts], [['HOST'], ['api.example.com:8443', 'proxy.example:3128']]);
    assert.deepEqual(profileNeeds('{', { env: {}, baseDir: null }), { secrets: [], env: [], hosts: [] });
  });

  it('tells which environment variables the hosts are shown: all but their own address and paths of certificates', () => {
    const env = {
      HOST: 'api.example.com',
      BASE: 'wss://api.example.com:8443',
      PORT: '8443',
      CA: './ca.pem',
      KEY: 'hunter2',
      TENANT: 'acme',
      WHOLE: 'wss://api.example.com:8443/?token=hunter2',
      PEM: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----',
      UNSET: undefined,
      EMPTY: '',
    };
    const text = JSON.stringify({
      url: '${env:BASE}/x?t=${env:TENANT}&p=${env:PORT}&h=${env:HOST}&n=${env:EMPTY}',
      tls: { ca: ['${env:CA}'], cert: '${env:CA}', key: '${env:PEM}' },
      headers: { a: '${env:KEY}', b: '${env:WHOLE}' },
    });
    const { plan, names } = resolveText(text, { env, secrets: {}, baseDir: '/' });
    assert.ok(plan);
    assert.deepEqual([...shownVariables(plan, names.env, env)].sort(), ['KEY', 'PEM', 'TENANT', 'WHOLE']);
    const hidden = resolveText('{ "url": "ws://${env:KEY}.evil.example/" }', { env, secrets: {}, baseDir: null });
    assert.ok(hidden.plan);
    assert.deepEqual(shownVariables(hidden.plan, hidden.names.env, env), ['KEY']);
  });

  it('never tells a host that holds a secret', () => {
    const { plan } = resolveText('{ "url": "wss://${secret:a}.evil.example/" }', {
      ...NOTHING,
      secrets: { a: 'hunter22' },
    });
    assert.ok(plan);
    assert.deepEqual(destinations(plan), ['[redacted].evil.example']);
  });
});

describe('what steps capture', () => {
  const of = (steps: string, more = '') => `{ "url": "ws://h", ${more} "steps": [${steps}] }`;
  const take = '{ "expect": { "contains": "" }, "capture": { "id": "$.id" } }';

  it('is used by those behind, inside a repeat too', () => {
    planOf(of(`${take}, { "send": "\${id}" }`));
    planOf(of(`{ "repeat": { "times": 2, "steps": [${take}, { "send": "\${id}" }] } }, { "send": "\${id}" }`));
    planOf(of(`{ "send": "\${id}" }, ${take}`, '"variables": { "id": "0" },'));
  });

  for (const [what, steps] of [
    ['before', `{ "send": "«\${id}»" }, ${take}`],
    ['as it is captured', '{ "expect": { "contains": "«${id}»" }, "capture": { "id": "$.id" } }'],
    ['in the first round', `{ "repeat": { "times": 2, "steps": [{ "send": { "json": ["«\${id}»"] } }, ${take}] } }`],
  ] as const) {
    it(`has no value ${what}`, () => {
      const { problems } = resolveText(marked(of(steps)).text, NOTHING);
      assertProblem(of(steps), problems, 'unresolved-variable', /captured by a later step/);
    });
  }
});

describe('clients', () => {
  const profile = {
    url: 'wss://a.example/${room}',
    variables: { room: 'r1', who: 'nobody' },
    headers: { 'X-Who': '${who}' },
    auth: { type: 'bearer', token: '${secret:shared}' },
    clients: {
      alice: { variables: { who: 'alice' }, auth: { type: 'bearer', token: '${secret:alice}' } },
      bob: { url: 'wss://b.example/', headers: {}, proxy: 'http://p.example:3128' },
    },
    steps: [
      { client: 'alice', send: '${who}' },
      { client: 'bob', wait: 1 },
    ],
  };
  const secrets = { shared: 'shared-token', alice: 'alice-token' };

  it('are profiles of their own, whole keys laid over, variables one by one', () => {
    const plan = planOf(profile, { secrets });
    const [alice, bob] = plan.clients ?? [];
    assert.deepEqual(alice?.plan.headers, [['X-Who', 'alice']]);
    assert.equal(alice.plan.url, 'wss://a.example/r1');
    assert.deepEqual(alice.plan.auth, { type: 'bearer', token: 'alice-token' });
    assert.deepEqual(bob?.plan.headers, []);
    assert.deepEqual(bob.plan.auth, { type: 'bearer', token: 'shared-token' });
    assert.deepEqual(
      plan.steps?.map(({ line }) => line),
      [1, 1],
    );
  });

  it('fill in their own variables in their own steps, those inside a repeat too', () => {
    const steps = [
      { client: 'alice', send: '${who} in ${room}' },
      { client: 'bob', send: '${who}' },
      { client: 'bob', repeat: { times: 1, steps: [{ send: '${who}' }, { client: 'alice', send: '${who}' }] } },
    ];
    const said = JSON.stringify(planOf({ ...profile, steps }, { secrets }).steps);
    assert.deepEqual(
      [...said.matchAll(/"send":"([^"]*)"/g)].map(([, text]) => text),
      ['alice in r1', 'nobody', 'nobody', 'alice'],
    );
  });

  it('keep each other’s secrets, and all that a run asks for and leads to is known of them', () => {
    const plan = planOf(profile, { secrets });
    for (const each of [plan, ...(plan.clients ?? []).map((client) => client.plan)]) {
      assert.deepEqual([...each.secrets].sort(), ['alice-token', 'shared-token']);
    }
    assert.deepEqual(destinations(plan), ['a.example', 'b.example', 'p.example:3128']);
    const needs = profileNeeds(JSON.stringify(profile), { env: {}, baseDir: null });
    assert.deepEqual([needs.secrets.toSorted(), needs.hosts.length], [['alice', 'shared'], 3]);
  });

  it('are wrong once, where the wrong thing stands', () => {
    const source =
      '{ "url": "ws://h", "headers": { "X": "«${secret:none}»" }, "clients": { "a": {}, "b": {} }, "steps": [{ "client": "a", "wait": 1 }] }';
    assertProblem(source, resolveText(marked(source).text, NOTHING).problems, 'unresolved-variable', /none/);
  });
});
