import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ProxyRoute } from '../../../../src/core/base/plan.js';
import type { Network } from '../../../../src/core/transport/network.js';
import { SOCKS_CODES } from '../../../../src/core/transport/proxy/socksReplies.js';
import { hex } from '../../../support/rawClient.js';
import { type Asked, sayInParts, ScriptedProxies } from './scripted.js';

/** What the proxy waits for, and what it answers then: hexadecimal. */
type Exchange = readonly (readonly [waits: string, answers: string])[];

const BACKEND = '6261636b656e642e74657374';
const GRANTED5 = '05000001 7f000001 1f90';
const GRANTED4 = '005a 1f90 7f000001';
const socks5 = { kind: 'socks5' } as const;
const socks4 = { kind: 'socks4' } as const;
const socks4a = { kind: 'socks4a' } as const;
const user = { username: 'alice', password: 'secret' };

describe('SOCKS', () => {
  const proxies = new ScriptedProxies();
  afterEach(() => proxies.stop());

  interface Options {
    readonly host?: string;
    readonly port?: number;
    readonly route: Partial<ProxyRoute>;
    readonly network?: Network;
    readonly allowLinkLocal?: boolean;
    /** Where each answer is cut; not at all by default. */
    readonly cut?: number;
  }

  /** Plays an exchange: what came is asserted byte by byte, and that nothing else came. */
  const play = async (exchange: Exchange, { cut, ...options }: Options): Promise<Asked> => {
    const asked = await proxies.ask(async (client, ours) => {
      for (const [waits, answers] of exchange) {
        const due = hex(waits);
        assert.equal((await client.take(due.length)).toString('hex'), due.toString('hex'));
        const bytes = hex(answers);
        const parts = cut === undefined ? [bytes] : [bytes.subarray(0, cut), bytes.subarray(cut)];
        await sayInParts(
          client,
          ours,
          parts.filter(({ length }) => length > 0),
        );
      }
    }, options);
    assert.equal(asked.client.pending.toString('hex'), '');
    return asked;
  };

  const lookup = (addresses: readonly string[]): Network => ({
    lookup: () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
    connect: () => assert.fail('nothing is to be connected'),
  });

  const EXCHANGES: readonly (readonly [name: string, exchange: Exchange, options: Options])[] = [
    [
      'SOCKS 5 to a name',
      [
        ['05 01 00', '0500'],
        [`05 01 00 03 0c ${BACKEND} 0050`, GRANTED5],
      ],
      { route: socks5 },
    ],
    [
      'SOCKS 5 to an IPv4 address',
      [
        ['05 01 00', '0500'],
        ['05 01 00 01 7f000001 01bb', GRANTED5],
      ],
      { host: '127.0.0.1', port: 443, route: socks5 },
    ],
    [
      'SOCKS 5 to an IPv6 address',
      [
        ['05 01 00', '0500'],
        ['05 01 00 04 00000000000000000000000000000001 ffff', '05000004 00000000000000000000000000000001 1f90'],
      ],
      { host: '::1', port: 65_535, route: socks5 },
    ],
    [
      'SOCKS 5 with user name and password, bound to a name',
      [
        ['05 02 00 02', '0502'],
        ['01 05 616c696365 06 736563726574', '0100'],
        [`05 01 00 03 0c ${BACKEND} 0050`, '05000003 05 6c6f63616c 1f90'],
      ],
      { route: { ...socks5, ...user } },
    ],
    [
      'SOCKS 5 that does not want the user name it could have',
      [
        ['05 02 00 02', '0500'],
        [`05 01 00 03 0c ${BACKEND} 0050`, GRANTED5],
      ],
      { route: { ...socks5, ...user } },
    ],
    [
      'SOCKS 5 with an empty password, and a name in UTF-8',
      [
        ['05 02 00 02', '0502'],
        ['01 02 c3a9 00', '0100'],
        [`05 01 00 03 0c ${BACKEND} 0050`, GRANTED5],
      ],
      { route: { ...socks5, username: 'é', password: '' } },
    ],
    [
      'SOCKS 4 with a name resolved here, IPv4 alone',
      [['04 01 0050 7f000002 00', GRANTED4]],
      { route: socks4, network: lookup(['::1', '127.0.0.2']) },
    ],
    [
      'SOCKS 4 with a user',
      [['04 01 1f90 7f000001 616c696365 00', GRANTED4]],
      { host: '127.0.0.1', port: 8080, route: { ...socks4, username: 'alice' } },
    ],
    ['SOCKS 4a to a name', [[`04 01 0050 00000001 00 ${BACKEND} 00`, GRANTED4]], { route: socks4a }],
    [
      'SOCKS 4a to a name, with a user',
      [[`04 01 0050 00000001 616c696365 00 ${BACKEND} 00`, GRANTED4]],
      { route: { ...socks4a, username: 'alice' } },
    ],
    ['SOCKS 4a to an address', [['04 01 0050 7f000001 00', GRANTED4]], { host: '127.0.0.1', route: socks4a }],
  ];

  for (const [name, exchange, options] of EXCHANGES) {
    it(`${name}: the bytes of the RFC, whole or cut anywhere`, async () => {
      const longest = Math.max(...exchange.map(([, answers]) => hex(answers).length));
      for (let cut = 0; cut < longest; cut++) {
        const { outcome, record, socket } = await play(exchange, { ...options, cut });
        assert.deepEqual(outcome, { ok: true, value: socket });
        assert.equal(record.socks?.code, options.route.kind === 'socks5' ? 0 : 90);
        assert.equal(record.request, null);
        assert.ok((record.requestSentMs ?? -1) <= (record.firstByteMs ?? -2), 'asked before answered');
        assert.ok((record.firstByteMs ?? 1) <= (record.responseCompleteMs ?? 0), 'answered before complete');
        assert.equal(socket.listenerCount('error'), 0);
      }
    });
  }

  it('keeps what comes behind the reply for the tunnel, wherever it is cut', async () => {
    const bytes = hex(`${GRANTED5} 0102030405`);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 5 }),
        async (cuts) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
          const parts = edges.slice(1).map((end, at) => bytes.subarray(edges[at], end));
          const { outcome, socket } = await proxies.ask(
            async (client, ours) => {
              await client.take(3);
              client.send(hex('0500'));
              await client.take(7 + BACKEND.length / 2);
              await sayInParts(client, ours, parts);
            },
            { route: socks5 },
          );
          assert.equal(outcome.ok, true);
          assert.equal((socket.read() as Buffer).toString('hex'), '0102030405');
        },
      ),
      { numRuns: 30 },
    );
  });

  const REPLIES5: readonly (readonly [hexCode: string, code: string, text: string])[] = [
    ['01', 'general-failure', 'general SOCKS server failure'],
    ['02', 'not-allowed', 'connection not allowed by ruleset'],
    ['03', 'network-unreachable', 'network unreachable'],
    ['04', 'host-unreachable', 'host unreachable'],
    ['05', 'connection-refused', 'connection refused'],
    ['06', 'ttl-expired', 'TTL expired'],
    ['07', 'command-not-supported', 'command not supported'],
    ['08', 'address-not-supported', 'address type not supported'],
    ['f0', 'general-failure', 'unassigned reply 240'],
  ];
  for (const [reply, code, text] of REPLIES5) {
    it(`SOCKS 5 reply ${reply} is ${code}, said or cut off behind it`, async () => {
      for (const rest of ['', '0001000000000000']) {
        const { outcome, record, socket } = await play(
          [
            ['050100', '0500'],
            [`0501 0003 0c ${BACKEND} 0050`, `05 ${reply} ${rest}`],
          ],
          { route: socks5 },
        );
        const status = Number.parseInt(reply, 16);
        const message = `The SOCKS proxy answered ${status}: ${text}.`;
        assert.deepEqual(outcome, { ok: false, failure: { phase: 'proxy', kind: 'socks', code, message } });
        assert.deepEqual(record.socks, { code: status, text });
        assert.equal(socket.destroyed, true);
      }
    });
  }

  const REPLIES4: readonly (readonly [hexCode: string, code: string])[] = [
    ['5b', 'rejected'],
    ['5c', 'ident-required'],
    ['5d', 'ident-mismatch'],
    ['00', 'rejected'],
  ];
  for (const [reply, code] of REPLIES4) {
    it(`SOCKS 4 reply ${reply} is ${code}`, async () => {
      const { outcome, record } = await play([[`0401 0050 7f000001 00`, `00 ${reply} 000000000000`]], {
        host: '127.0.0.1',
        route: socks4,
      });
      assert.ok(!outcome.ok);
      assert.deepEqual([outcome.failure.kind, outcome.failure.code], ['socks', code]);
      assert.equal(record.socks?.code, Number.parseInt(reply, 16));
    });
  }

  const MALFORMED = 'malformed';
  const BAD: readonly (readonly [
    name: string,
    exchange: Exchange,
    route: Partial<ProxyRoute>,
    code: string,
    message: RegExp,
  ])[] = [
    ['no method, none offered', [['050100', '05ff']], socks5, 'no-method', /no access without authentication/],
    ['no method at all', [['05020002', '05ff']], { ...socks5, ...user }, 'no-method', /neither/],
    ['user and password unasked', [['050100', '0502']], socks5, 'no-method', /no access without authentication/],
    ['a method not offered', [['050100', '0501']], socks5, MALFORMED, /method 1, which was not offered/],
    [
      'the login refused',
      [
        ['05020002', '0502'],
        ['0105616c69636506736563726574', '0101'],
      ],
      { ...socks5, ...user },
      'auth-refused',
      /refused the user name or the password/,
    ],
    [
      'a login of another version',
      [
        ['05020002', '0502'],
        ['0105616c69636506736563726574', '0500'],
      ],
      { ...socks5, ...user },
      MALFORMED,
      /has version 5, not 1/,
    ],
    [
      'a reply of another version',
      [
        ['050100', '0500'],
        [`0501 0003 0c ${BACKEND} 0050`, '0400'],
      ],
      socks5,
      MALFORMED,
      /has version 4, not 5/,
    ],
    [
      'an address of unknown type',
      [
        ['050100', '0500'],
        [`0501 0003 0c ${BACKEND} 0050`, '05000009'],
      ],
      socks5,
      MALFORMED,
      /unknown type 9/,
    ],
    ['SOCKS 4 spoken', [['050100', '005b000000000000']], socks5, MALFORMED, /speaks SOCKS 4, not SOCKS 5/],
    ['HTTP spoken', [['050100', '485454502f312e31']], socks5, MALFORMED, /This is an HTTP proxy, not SOCKS/],
    ['rubbish', [['050100', '7f454c46']], socks5, MALFORMED, /not SOCKS 5: it begins with "\\u007fELF"/],
    ['SOCKS 5 spoken', [[`0401005000000001 00 ${BACKEND} 00`, '05ff']], socks4a, MALFORMED, /speaks SOCKS 5, not/],
    ['HTTP to SOCKS 4a', [[`0401005000000001 00 ${BACKEND} 00`, '485454502f']], socks4a, MALFORMED, /an HTTP proxy/],
  ];
  for (const [name, exchange, route, code, message] of BAD) {
    it(`explains ${name}, in one piece or byte by byte`, async () => {
      for (const cut of [undefined, 1, 2, 3]) {
        const { outcome, socket } = await play(exchange, { route, ...(cut === undefined ? {} : { cut }) });
        assert.ok(!outcome.ok);
        assert.equal(outcome.failure.phase, 'proxy');
        assert.equal(outcome.failure.kind, 'socks');
        assert.equal(outcome.failure.code, code);
        assert.ok((SOCKS_CODES as readonly (string | null)[]).includes(outcome.failure.code));
        if (cut === undefined) assert.match(outcome.failure.message, message);
        assert.equal(socket.destroyed, true);
      }
    });
  }

  it('knows HTTP that ends before its version', async () => {
    const { outcome } = await proxies.ask(
      async (client) => {
        await client.take(3);
        client.socket.end('HT');
      },
      { route: socks5 },
    );
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.failure.kind, outcome.failure.code], ['socks', 'malformed']);
  });

  const INPUT: readonly (readonly [name: string, options: Options, message: RegExp])[] = [
    ['a user name of 256 bytes', { route: { ...socks5, username: 'é'.repeat(128) } }, /user name is longer than 255/],
    [
      'a password of 256 bytes',
      { route: { ...socks5, username: 'a', password: 'S'.repeat(256) } },
      /password is longer/,
    ],
    ['a line break', { route: { ...socks4, username: 'Secret\n' } }, /user name holds a line break or a NUL/],
    ['a NUL', { route: { ...socks5, username: 'a', password: 'Secret\0' } }, /password holds a line break or a NUL/],
    ['a host of 256 bytes', { host: 'x'.repeat(256), route: socks5 }, /host's name is longer than 255 bytes/],
    ['a host with a NUL', { host: 'a\0b', route: socks4a }, /The host "a\\u0000b" cannot be sent/],
    ['a password for SOCKS 4', { route: { ...socks4a, ...user } }, /SOCKS 4 has no password/],
    ['IPv6 for SOCKS 4', { host: '::1', route: socks4 }, /carries no IPv6 addresses/],
    ['a name with IPv6 alone', { route: socks4, network: lookup(['::1']) }, /backend.test has no IPv4 address/],
  ];
  for (const [name, options, message] of INPUT) {
    it(`refuses ${name} before a byte is sent`, async () => {
      const { outcome, socket } = await play([], options);
      assert.ok(!outcome.ok);
      assert.deepEqual([outcome.failure.phase, outcome.failure.kind], ['proxy', 'input']);
      assert.match(outcome.failure.message, message);
      assert.doesNotMatch(outcome.failure.message, /Secret|SSS/);
      assert.equal(socket.destroyed, true);
    });
  }

  it('lets 255 bytes of user name and password through', async () => {
    const long = 'p'.repeat(255);
    const bytes = '70'.repeat(255);
    const { outcome } = await play(
      [
        ['05020002', '0502'],
        [`01 ff ${bytes} ff ${bytes}`, '0100'],
        [`0501 0003 0c ${BACKEND} 0050`, GRANTED5],
      ],
      { route: { ...socks5, username: long, password: long } },
    );
    assert.equal(outcome.ok, true);
  });

  it('guards what SOCKS 4 resolves here', async () => {
    const options = { route: socks4, network: lookup(['127.0.0.1', '169.254.169.254']) };
    const { outcome } = await play([], options);
    assert.deepEqual(outcome, {
      ok: false,
      failure: { phase: 'proxy', kind: 'guard', code: null, message: '169.254.169.254' },
    });
    const allowed = await play([['0401 0050 a9fea9fe 00', GRANTED4]], {
      ...options,
      network: lookup(['169.254.169.254']),
      allowLinkLocal: true,
    });
    assert.equal(allowed.outcome.ok, true);
  });

  it('says which name SOCKS 4 could not resolve', async () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND backend.test'), { code: 'ENOTFOUND' });
    const network: Network = { ...lookup([]), lookup: () => Promise.reject(error) };
    const { outcome } = await play([], { route: socks4, network });
    assert.deepEqual(outcome, {
      ok: false,
      failure: { phase: 'proxy', kind: 'error', code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND backend.test' },
    });
  });

  it('hears a SOCKS 4 proxy hang up, or speak, while the name is being resolved', async () => {
    const network: Network = { ...lookup([]), lookup: () => new Promise(() => {}) };
    const ended = await proxies.ask((client) => client.socket.end(), { route: socks4, network });
    assert.ok(!ended.outcome.ok);
    assert.equal(ended.outcome.failure.kind, 'end');
    const spoken = await proxies.ask((client) => client.send(hex(GRANTED4)), { route: socks4, network });
    assert.ok(!spoken.outcome.ok);
    assert.deepEqual(
      [spoken.outcome.failure.kind, spoken.outcome.failure.message],
      ['malformed', 'The proxy spoke before it was asked.'],
    );
  });
});
