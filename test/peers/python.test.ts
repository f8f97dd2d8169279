import assert from 'node:assert/strict';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { CALM, openSession } from './support/session.js';
import { ECHO, HEALTHY } from './support/plans.js';

const ALLOWED = { origin: 'https://app.example' };
const STAYS = { expect: { holdMs: 1_000 } };

const CASES: readonly Case[] = [
  { name: 'echo', url: 'ws://{plain}/', plan: ECHO, findings: [], check: HEALTHY },
  {
    name: 'an origin on the list',
    url: 'ws://{origins}/',
    plan: { ...ECHO, ...ALLOWED },
    findings: [],
    check: HEALTHY,
  },
  {
    name: 'an origin that is not on the list',
    url: 'ws://{origins}/',
    plan: { origin: 'https://elsewhere.example' },
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['https://elsewhere.example', 'invalid Origin header', 'Python'],
  },
  {
    name: 'no origin where one is wanted',
    url: 'ws://{origins}/',
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['none was sent', 'missing Origin header'],
  },
  {
    name: 'process_request answers 401',
    url: 'ws://{plain}/unauthorized',
    phase: 'upgrade',
    findings: ['upgrade.unauthorized @ application'],
    shows: ['Bearer realm="api"', 'A token is missing', 'Python'],
  },
  {
    name: 'process_request answers 200',
    url: 'ws://{plain}/health',
    phase: 'upgrade',
    findings: ['upgrade.not-websocket @ application'],
    shows: ['200', 'Python'],
  },
  {
    name: 'the subprotocol it speaks',
    url: 'ws://{protocols}/',
    plan: { ...ECHO, subprotocols: ['chat.v1', 'chat.v2'] },
    findings: [],
    check: ({ subprotocol }) => assert.equal(subprotocol.selected, 'chat.v2'),
  },
  {
    name: 'a subprotocol it does not speak',
    url: 'ws://{protocols}/',
    plan: { subprotocols: ['chat.v1'] },
    phase: 'upgrade',
    findings: ['subprotocol.none-selected @ handshake'],
    shows: ['chat.v1'],
  },
  {
    name: 'close 4401',
    url: 'ws://{plain}/close/4401/token-expired',
    plan: STAYS,
    phase: 'message',
    findings: ['close.rejected @ application'],
    shows: ['4401', 'token expired'],
  },
  {
    name: 'close 1008',
    url: 'ws://{plain}/close/1008/no-scope',
    plan: STAYS,
    phase: 'message',
    findings: ['close.policy @ application'],
    shows: ['no scope'],
  },
  {
    name: 'close 1000 at once',
    url: 'ws://{plain}/close/1000/bye',
    plan: STAYS,
    phase: 'message',
    findings: ['close.rejected @ application'],
    shows: ['1000', 'bye'],
  },
  {
    name: 'close 1013',
    url: 'ws://{plain}/close/1013/',
    plan: STAYS,
    phase: 'message',
    findings: ['close.overloaded @ application'],
  },
  {
    name: 'the handler raises',
    url: 'ws://{plain}/raise',
    plan: STAYS,
    phase: 'message',
    findings: ['close.internal-error @ application'],
    shows: ['1011'],
  },
  {
    name: 'a message over max_size',
    url: 'ws://{small}/',
    plan: { message: { send: 'x'.repeat(100), expect: 'echo', samples: 1 } },
    phase: 'message',
    findings: ['close.too-big @ application'],
    shows: ['1009'],
  },
];

describePeer(
  'Python websockets',
  () => ({
    software: 'python',
    ports: ['plain', 'origins', 'protocols', 'small', 'pinging'],
    configs: ['websockets_server.py'],
    args: (fill) => [
      fill('{{folder}}/websockets_server.py'),
      ...['plain', 'origins', 'protocols', 'small', 'pinging'].map((name) => fill(`${name}={{${name}}}`)),
    ],
  }),
  'python',
  (scene) => {
    probeCases(scene, CASES);

    it('a session that leaves pings unanswered is closed with 1011; one that answers them stays', async () => {
      const { session, until } = await openSession(scene(), {
        url: 'ws://{pinging}/',
        plan: { session: { ...CALM, autoPong: false } },
      });
      await until(() => session.state === 'closed');
      const { close, findings } = session.report ?? assert.fail('no report');
      assert.deepEqual([close?.code, close?.reason, close?.initiator], [1011, 'keepalive ping timeout', 'server']);
      assert.equal(findings[0]?.id, 'close.internal-error');
      assert.match(JSON.stringify(findings[0]), /ping/);
      session.dispose();

      const answering = await openSession(scene(), { url: 'ws://{pinging}/' });
      const pings = () => answering.log.frames.filter(({ opcode }) => opcode === 9).length;
      await answering.until(() => pings() >= 3);
      assert.equal(answering.session.state, 'open');
      answering.session.close(1000, '');
      await answering.until(() => answering.session.state === 'closed');
      answering.session.dispose();
    });
  },
);
