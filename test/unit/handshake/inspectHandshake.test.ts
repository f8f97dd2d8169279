import assert from 'node:assert/strict';
import type { HandshakeProblem } from '../../../src/core/base/evidence.js';
import type { HandshakeInspection } from '../../../src/core/handshake/handshake.js';
import { inspectHandshake } from '../../../src/core/handshake/inspectHandshake.js';
import { parseRequestHead } from '../../../src/core/handshake/requestHead.js';
import { ResponseHeadReader } from '../../../src/core/handshake/responseHeadReader.js';

const KEY = 'a2V5a2V5a2V5a2V5a2V5aw==';
const ACCEPT = 'dr58qtCM71oXIbdns9x6tNnQbUQ=';
const UPGRADE = ['Upgrade: websocket', 'Connection: Upgrade'];
const RIGHT = [...UPGRADE, `Sec-WebSocket-Accept: ${ACCEPT}`];

function inspect(response: readonly string[], request: readonly string[] = []): HandshakeInspection {
  const head = [`GET / HTTP/1.1`, 'Host: a', `Sec-WebSocket-Key: ${KEY}`, ...request, '', ''].join('\r\n');
  const result = new ResponseHeadReader().push(
    Buffer.from(['HTTP/1.1 101 Switching Protocols', ...response, '', ''].join('\r\n'), 'latin1'),
  );
  assert.ok(result.state === 'head');
  return inspectHandshake({ request: parseRequestHead(head), response: result.head });
}

function problem(response: readonly string[], request: readonly string[] = []): HandshakeProblem {
  const { problems } = inspect(response, request);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  return problems[0]!;
}

describe('inspectHandshake', () => {
  it('finds nothing wrong with a right answer', () => {
    assert.deepEqual(inspect(RIGHT), {
      accept: { expected: ACCEPT, received: ACCEPT, valid: true },
      subprotocol: { offered: [], selected: null },
      compression: { offered: null, accepted: null, enabled: false, parameters: null },
      problems: [],
    });
    const other = ['upgrade: WebSocket', 'CONNECTION: keep-alive, UPGRADE', `sec-websocket-accept: ${ACCEPT}`];
    assert.deepEqual(inspect(other).problems, []);
    const twice = ['Upgrade: websocket', 'Connection: keep-alive', 'Connection: upgrade', RIGHT[2]!];
    assert.deepEqual(inspect(twice).problems, []);
  });

  it('knows the example of RFC 6455', () => {
    const request = parseRequestHead('GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    const response = { httpVersion: '1.1', status: 101, reason: '', headers: [], raw: '' };
    assert.equal(inspectHandshake({ request, response }).accept?.expected, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  describe('Upgrade and Connection', () => {
    it('misses Upgrade', () => {
      const found = problem(RIGHT.slice(1));
      assert.equal(found.id, 'upgrade.missing-header');
      assert.equal(found.expected, 'Upgrade: websocket');
      assert.equal(found.received, null);
    });

    it('misses Connection', () => {
      const found = problem([RIGHT[0]!, RIGHT[2]!]);
      assert.equal(found.id, 'upgrade.missing-header');
      assert.match(found.message, /Connection/);
    });

    it('misses the upgrade token in Connection', () => {
      const found = problem([RIGHT[0]!, 'Connection: keep-alive', RIGHT[2]!]);
      assert.equal(found.id, 'upgrade.missing-header');
      assert.equal(found.received, 'Connection: keep-alive');
    });

    it('refuses an upgrade to something else', () => {
      for (const value of ['h2c', 'websocket, h2c', '', 'websockets']) {
        const found = problem([`Upgrade: ${value}`, ...RIGHT.slice(1)]);
        assert.equal(found.id, 'upgrade.wrong-upgrade');
        assert.equal(found.received, value);
      }
      assert.equal(problem([RIGHT[0]!, ...RIGHT]).received, 'websocket, websocket');
    });

    it('tells both when both are missing', () => {
      assert.deepEqual(
        inspect([RIGHT[2]!]).problems.map(({ id }) => id),
        ['upgrade.missing-header', 'upgrade.missing-header'],
      );
    });
  });

  describe('Sec-WebSocket-Accept', () => {
    const accept = (...values: string[]): string[] => [
      ...UPGRADE,
      ...values.map((value) => `Sec-WebSocket-Accept: ${value}`),
    ];

    it('is missing', () => {
      const found = problem(UPGRADE);
      assert.deepEqual([found.id, found.expected, found.received], ['upgrade.accept-missing', ACCEPT, null]);
      assert.deepEqual(inspect(UPGRADE).accept, { expected: ACCEPT, received: null, valid: false });
    });

    it('is wrong', () => {
      const found = problem(accept('AAAAAAAAAAAAAAAAAAAAAAAAAAA='));
      assert.equal(found.id, 'upgrade.accept-mismatch');
      assert.equal(found.expected, ACCEPT);
      assert.equal(found.received, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=');
    });

    it('is wrong in a known way', () => {
      for (const [value, message] of [
        [KEY, /repeats the key/],
        ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', /example of RFC 6455/],
        ['', /empty/],
        [ACCEPT.toLowerCase(), /case/],
        ['jvKHNehEUkINOGVCUnoC12QZEiA=', /GUID/],
        ['76be7caad08cef5a1721b767b3dc7ab4d9d06d44', /hex/],
        ['NzZiZTdjYWFkMDhjZWY1YTE3MjFiNzY3YjNkYzdhYjRkOWQwNmQ0NA==', /hex before base64/],
      ] as const) {
        const found = problem(accept(value));
        assert.equal(found.id, 'upgrade.accept-mismatch', value);
        assert.match(found.message, message);
      }
    });

    it('comes twice, as two headers or joined by a comma', () => {
      for (const response of [
        accept(ACCEPT, ACCEPT),
        accept(`${ACCEPT}, ${ACCEPT}`),
        accept(`${ACCEPT},${ACCEPT}`),
        accept(ACCEPT, 'x'),
      ]) {
        assert.equal(problem(response).id, 'upgrade.accept-duplicated');
        assert.equal(inspect(response).accept?.valid, false);
      }
      assert.match(problem(accept(ACCEPT, ACCEPT)).message, /Each of them is right/);
      assert.equal(inspect(accept(ACCEPT, 'x')).accept?.received, `${ACCEPT}, x`);
    });
  });

  describe('Sec-WebSocket-Protocol', () => {
    const offer = ['Sec-WebSocket-Protocol: graphql-transport-ws,mqtt', 'Sec-WebSocket-Protocol: Chat'];
    const answer = (...values: string[]): string[] => [
      ...RIGHT,
      ...values.map((value) => `Sec-WebSocket-Protocol: ${value}`),
    ];

    it('is one of the offered', () => {
      const { subprotocol, problems } = inspect(answer('mqtt'), offer);
      assert.deepEqual(subprotocol, { offered: ['graphql-transport-ws', 'mqtt', 'Chat'], selected: 'mqtt' });
      assert.deepEqual(problems, []);
    });

    const table: [answer: string[], offered: string[], id: HandshakeProblem['id']][] = [
      [[], offer, 'subprotocol.none-selected'],
      [['graphql-ws'], offer, 'subprotocol.not-offered'],
      [[''], offer, 'subprotocol.not-offered'],
      [['chat'], offer, 'subprotocol.case'],
      [['MQTT'], offer, 'subprotocol.case'],
      [['mqtt, Chat'], offer, 'subprotocol.several'],
      [['mqtt,mqtt'], offer, 'subprotocol.several'],
      [['mqtt', 'mqtt'], offer, 'subprotocol.several'],
      [['mqtt', 'Chat'], offer, 'subprotocol.several'],
      [['mqtt'], [], 'subprotocol.unrequested'],
      [['mqtt', 'mqtt'], [], 'subprotocol.unrequested'],
    ];
    for (const [values, offered, id] of table) {
      it(`${JSON.stringify(values)} to ${offered.length === 0 ? 'no offer' : 'an offer'} is ${id}`, () => {
        const found = problem(answer(...values), offered);
        assert.equal(found.id, id);
        assert.equal(found.severity, 'error');
        assert.equal(found.expected, offered.length === 0 ? null : 'graphql-transport-ws, mqtt, Chat');
        assert.equal(found.received, values.length === 0 ? null : values.join(', '));
        assert.equal(inspect(answer(...values), offered).subprotocol.selected, found.received);
      });
    }
  });

  describe('Sec-WebSocket-Extensions', () => {
    const OFFER = 'permessage-deflate; client_max_window_bits';
    const run = (accepted: string[], offered: string | null = OFFER): HandshakeInspection =>
      inspect(
        [...RIGHT, ...accepted.map((value) => `Sec-WebSocket-Extensions: ${value}`)],
        offered === null ? [] : [`Sec-WebSocket-Extensions: ${offered}`],
      );

    const accepted: [value: string, parameters: [boolean, boolean, number, number], offered?: string][] = [
      ['permessage-deflate', [true, true, 15, 15]],
      ['permessage-deflate; client_max_window_bits=15', [true, true, 15, 15]],
      ['permessage-deflate;server_no_context_takeover;client_no_context_takeover', [false, false, 15, 15]],
      ['permessage-deflate ; server_max_window_bits = "8" ; client_max_window_bits="1\\0"', [true, true, 8, 10]],
      ['permessage-deflate; server_no_context_takeover', [false, true, 15, 15]],
      // RFC 7692 7.1.2.2: a number in the offer is a promise, whatever the server answers.
      ['permessage-deflate', [true, true, 15, 9], 'permessage-deflate; client_max_window_bits=9'],
      [
        'permessage-deflate; client_max_window_bits=8; server_max_window_bits=9',
        [true, true, 9, 8],
        'permessage-deflate; client_max_window_bits=9; server_max_window_bits=9',
      ],
    ];
    for (const [value, [server, client, serverBits, clientBits], offered] of accepted) {
      it(`accepts ${value}${offered === undefined ? '' : ` to ${offered}`}`, () => {
        const { compression, problems } = run([value], offered);
        assert.deepEqual(problems, []);
        assert.deepEqual(compression, {
          offered: offered ?? OFFER,
          accepted: value,
          enabled: true,
          parameters: {
            serverContextTakeover: server,
            clientContextTakeover: client,
            serverMaxWindowBits: serverBits,
            clientMaxWindowBits: clientBits,
          },
        });
      });
    }

    it('is silent when the server declines', () => {
      assert.deepEqual(run([]).compression, { offered: OFFER, accepted: null, enabled: false, parameters: null });
      assert.deepEqual(run([]).problems, []);
    });

    const bad: [accepted: string[], id: HandshakeProblem['id'], offered?: string | null][] = [
      [['permessage-deflate'], 'extension.unrequested', null],
      [['x-webkit-deflate-frame'], 'extension.unrequested'],
      [['Permessage-Deflate'], 'extension.unrequested'],
      [['permessage-deflate, foo'], 'extension.unrequested'],
      [['permessage-deflate', 'permessage-deflate'], 'extension.invalid'],
      [['permessage-deflate, permessage-deflate'], 'extension.invalid'],
      [[''], 'extension.invalid'],
      [['permessage-deflate;'], 'extension.invalid'],
      [['permessage-deflate,'], 'extension.invalid'],
      [[';'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits='], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits="10'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits="1 0"'], 'extension.invalid'],
      [['permessage deflate'], 'extension.invalid'],
      [['permessage-deflate; mem_level=1'], 'extension.invalid'],
      [['permessage-deflate; __proto__'], 'extension.invalid'],
      [['permessage-deflate; server_no_context_takeover; server_no_context_takeover'], 'extension.invalid'],
      [['permessage-deflate; server_no_context_takeover=true'], 'extension.invalid'],
      [['permessage-deflate; client_no_context_takeover=1'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits=7'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits=16'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits=010'], 'extension.invalid'],
      [['permessage-deflate; server_max_window_bits=1e1'], 'extension.invalid'],
      [['permessage-deflate; client_max_window_bits'], 'extension.invalid'],
      [['permessage-deflate; client_max_window_bits=16'], 'extension.invalid'],
      [['permessage-deflate; client_max_window_bits=10'], 'extension.invalid', 'permessage-deflate'],
      [
        ['permessage-deflate; server_max_window_bits=12'],
        'extension.invalid',
        'permessage-deflate; server_max_window_bits=10',
      ],
      [
        ['permessage-deflate; client_max_window_bits=12'],
        'extension.invalid',
        'permessage-deflate; client_max_window_bits=10',
      ],
    ];
    for (const [accepted, id, offered] of bad) {
      it(`finds ${id} in ${JSON.stringify(accepted)}${offered === undefined ? '' : ` to ${offered}`}`, () => {
        const { compression, problems } = run(accepted, offered);
        assert.deepEqual(
          problems.map((found) => [found.id, found.severity]),
          [[id, 'error']],
        );
        assert.equal(compression.enabled, false);
        assert.equal(compression.parameters, null);
        assert.equal(problems[0]!.received, accepted.join(', '));
      });
    }

    it('warns when what was asked for is not confirmed', () => {
      const offered = 'permessage-deflate; server_no_context_takeover; server_max_window_bits=10';
      const { compression, problems } = run(['permessage-deflate'], offered);
      assert.deepEqual(
        problems.map(({ id, severity }) => [id, severity]),
        [
          ['extension.invalid', 'warning'],
          ['extension.invalid', 'warning'],
        ],
      );
      assert.equal(compression.enabled, true);
    });

    it('says one thing of a thousand wrong ones', () => {
      assert.equal(run([Array<string>(5000).fill('x').join(',')]).problems.length, 1);
      assert.equal(run([`permessage-deflate${'; x'.repeat(5000)}`]).problems.length, 1);
    });

    it('does not take another extension for compression', () => {
      const { compression, problems } = run(['foo'], 'permessage-deflate, foo');
      assert.deepEqual(problems, []);
      assert.equal(compression.enabled, false);
    });
  });

  it('warns of a body on a 101', () => {
    for (const header of ['Content-Length: 0', 'Transfer-Encoding: chunked']) {
      const found = problem([...RIGHT, header]);
      assert.deepEqual([found.id, found.severity, found.received], ['upgrade.body-on-101', 'warning', header]);
    }
  });

  it('keeps hostile values short and printable in what it says', () => {
    const { problems } = inspect(
      [
        'Upgrade: h\x85\x9b2',
        RIGHT[1]!,
        RIGHT[2]!,
        `Sec-WebSocket-Protocol: ${'\x9b31m'.repeat(5000)}`,
        `Sec-WebSocket-Extensions: ${'x'.repeat(9000)}`,
      ],
      ['Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Extensions: b'],
    );
    assert.equal(problems.length, 3);
    for (const { message } of problems) {
      assert.ok(message.length < 800, `${message.length}`);
      assert.doesNotMatch(message, /[\x00-\x1f\x7f-\x9f]/);
    }
  });
});
