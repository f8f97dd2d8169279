import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DIALECT_NAMES } from '../../../src/core/base/dialectNames.js';
import { CLOSE_CODES, explainDialectClose } from '../../../src/core/dialects/explainDialectClose.js';
import { CLOSING_TABLES, findDialect } from '../../../src/core/dialects/registry.js';

describe('close code data', () => {
  it('holds the whole registry of RFC 6455 and IANA', () => {
    const registered = CLOSE_CODES.filter(({ protocol }) => protocol === null).map(({ code }) => code);
    const to1015 = Array.from({ length: 16 }, (_, index) => 1000 + index);
    assert.deepEqual(registered, [...to1015, 3000, 3003, 3008]);
  });

  it('says of each code what it means, what to do, and where that is written', () => {
    for (const entry of CLOSE_CODES) {
      const where = `${entry.protocol ?? 'IANA'} ${entry.code}`;
      assert.match(entry.meaning, /\.$/, where);
      assert.ok(entry.name.length > 2 && entry.source.length > 4 && entry.actions.length > 0, where);
      for (const action of entry.actions) assert.match(action, /\.$/, where);
    }
  });

  it('marks as never on the wire exactly what RFC 6455 7.4.1 forbids, and what clients make up', () => {
    const madeUp = CLOSE_CODES.filter(({ wire }) => !wire).map(({ protocol, code }) => `${protocol ?? 'IANA'} ${code}`);
    assert.deepEqual(madeUp, [
      'IANA 1004',
      'IANA 1005',
      'IANA 1006',
      'IANA 1015',
      'graphql-transport-ws 4499',
      'mattermost 4000',
      'mattermost 4001',
    ]);
  });

  it('gives a dialect each code once', () => {
    for (const { name, codes } of CLOSING_TABLES) {
      assert.equal(new Set(codes.map(({ code }) => code)).size, codes.length, name);
    }
  });

  it('says where the reason is found for every dialect without codes', () => {
    for (const { name, codes, note } of CLOSING_TABLES) assert.ok(codes.length > 0 || note !== null, name);
  });
});

const meanings: readonly (readonly [code: number, dialect: string, name: RegExp])[] = [
  [4401, 'graphql-transport-ws', /^Unauthorized$/],
  [4409, 'graphql', /Already Exists/],
  [1011, 'subscriptions-transport-ws', /Internal Error/],
  [4001, 'pusher', /Application Does Not Exist/],
  [4150, 'reverb', /Retry With Back-off/],
  [4014, 'discord', /Disallowed Intents/],
  [4014, 'discord-voice', /^Disconnected$/],
  [3000, 'centrifugo', /Connection Closed/],
  [3008, 'centrifuge', /^Slow$/],
  [4700, 'centrifugo', /Application, Terminal/],
  [4003, 'twitch', /Connection Unused/],
  [4009, 'obs', /Authentication Failed/],
  [4205, 'yjs', /Reset Connection/],
  [4109, 'liveblocks', /Token Expired/],
  [4210, 'colyseus', /No Handler/],
  [3000, 'sockjs', /Go Away/],
  [1001, 'aws-api-gateway', /Going Away/],
  [1000, 'phoenix', /Normal Closure/],
];

describe('explainDialectClose', () => {
  for (const [code, dialect, name] of meanings) {
    it(`${code} in ${dialect}`, () => {
      const explained = explainDialectClose(code, { dialect });
      assert.match(explained.name, name);
      assert.equal(explained.dialect, findDialect(dialect)?.name);
      assert.deepEqual(explained.usedBy, []);
    });
  }

  const ranges: readonly (readonly [number, RegExp, boolean])[] = [
    [0, /Not Used/, false],
    [999, /Not Used/, false],
    [1016, /Unassigned/, false],
    [2999, /Unassigned/, false],
    [3700, /Framework Code/, true],
    [4999, /Application Code/, true],
    [5000, /Invalid/, false],
    [65_535, /Invalid/, false],
  ];
  for (const [code, name, wire] of ranges) {
    it(`${code} by its range`, () => {
      const explained = explainDialectClose(code);
      assert.match(explained.name, name);
      assert.equal(explained.wire, wire);
    });
  }

  for (const code of [3000, 3008, 4000, 4001, 4003]) {
    it(`${code} without a dialect names the protocols that use it instead of guessing`, () => {
      const { usedBy, meaning, dialect } = explainDialectClose(code);
      assert.equal(dialect, null);
      assert.ok(usedBy.length >= 1);
      for (const use of usedBy) assert.ok(meaning.includes(`${use.dialect} (${use.name})`), meaning);
    });
  }

  it('reads 44xx and 45xx by their convention', () => {
    assert.match(explainDialectClose(4404).meaning, /By convention it mirrors HTTP 404 \(Not Found\)/);
    assert.equal(explainDialectClose(4401).class, 'auth');
    assert.equal(explainDialectClose(4503).reconnect, 'backoff');
  });

  it('reads the reason text where no dialect explains the code', () => {
    const hasura = explainDialectClose(1000, { reason: '{"server_error_msg":"4400: Missing token"}' });
    assert.match(hasura.meaning, /^Hasura refused the initialisation: 4400: Missing token\.$/);
    assert.deepEqual([hasura.class, hasura.disconnect], ['auth', 'rejected']);
    assert.match(explainDialectClose(1011, { reason: 'NET-0001: no audio' }).meaning, /Commonly Deepgram/);
    assert.equal(explainDialectClose(1008, { reason: 'rate limit exceeded' }).class, 'limit');
    assert.equal(explainDialectClose(1008, { reason: 'jwt expired' }).class, 'auth');
    assert.equal(explainDialectClose(1000, { reason: 'heartbeat timeout' }).reconnect, 'yes');
  });

  it('lets the dialect win over the reason text', () => {
    assert.match(explainDialectClose(4429, { dialect: 'graphql', reason: 'token expired' }).meaning, /connection_init/);
  });

  it('says where a dialect without codes tells the reason', () => {
    assert.match(explainDialectClose(1006, { dialect: 'signalr' }).note ?? '', /"type":7/);
  });

  it('calls a client-only code from a server a fault', () => {
    assert.match(explainDialectClose(1010, { initiator: 'server' }).causes[0] ?? '', /fault of the server/);
  });

  it('says that an unknown dialect explains nothing', () => {
    assert.equal(explainDialectClose(4401, { dialect: 'no-such-thing' }).dialect, null);
  });

  it('shows a 1006 with what the socket saw', () => {
    const fin = explainDialectClose(1006, { evidence: { endedBy: 'server-fin', openForMs: 100_400 } });
    assert.match(fin.evidence ?? '', /\(FIN\) without a Close frame after 100\.40 s\.$/);
    assert.equal(explainDialectClose(1006, { evidence: 'FIN after 2 s' }).evidence, 'FIN after 2 s');
  });

  it('has a safe answer to every number and every reason', () => {
    const reason = fc.string({ unit: 'binary', maxLength: 200 });
    const number = fc.oneof(fc.integer(), fc.double(), fc.integer({ min: 0, max: 5000 }));
    const dialect = fc.oneof(fc.constantFrom(...DIALECT_NAMES), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(number, reason, dialect, (code, text, name) => {
        const { title, meaning, actions, evidence } = explainDialectClose(code, {
          reason: text,
          dialect: name,
          evidence: text,
        });
        for (const shown of [title, meaning, ...actions, evidence ?? '']) {
          assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        }
      }),
    );
  });
});
