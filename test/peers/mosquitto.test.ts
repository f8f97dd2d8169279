import assert from 'node:assert/strict';
import { MQTT_PASSWORDS, PASSWORD, USER } from './support/accounts.js';
import { type Case, describePeer, type Overrides, probeCases } from './support/cases.js';
import { openSession } from './support/session.js';
import { trusting } from './support/plans.js';

/** MQTT 3.1.1 CONNECT (3.1), as hex. */
function connect(username: string | null = null, password = ''): string {
  const field = (text: string) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  const flags = username === null ? 0x02 : 0xc2;
  const account = username === null ? [] : [field(username), field(password)];
  const body = Buffer.concat([field('MQTT'), Buffer.from([4, flags, 0, 60]), field('wsprobe'), ...account]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]).toString('hex');
}

/** Accepted (3.2): CONNACK, no session, code 0. */
const hello = (hex: string): Overrides => ({
  subprotocols: ['mqtt'],
  message: { send: { hex }, expect: { binary: '20020000' }, samples: 1 },
});

const CASES: readonly Case[] = [
  { name: 'CONNECT accepted', url: 'ws://{open}/mqtt', plan: hello(connect()), findings: [] },
  {
    name: 'the old name of the subprotocol',
    url: 'ws://{open}/mqtt',
    plan: { ...hello(connect()), subprotocols: ['mqttv3.1'] },
    findings: [],
    check: ({ subprotocol }) => assert.equal(subprotocol.selected, 'mqttv3.1'),
  },
  { name: 'wss', url: 'wss://{secure}/mqtt', plan: trusting(hello(connect())), findings: [] },
  {
    name: 'the right password',
    url: 'ws://{closed}/mqtt',
    plan: { ...hello(connect(USER, PASSWORD)), secrets: [PASSWORD] },
    findings: [],
  },
  {
    name: 'CONNECT refused: no account',
    url: 'ws://{closed}/mqtt',
    plan: hello(connect()),
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.dropped @ application'],
    shows: ['CONNACK 0x05: not authorized', '20 02 00 05', 'user name and password'],
  },
  {
    name: 'CONNECT refused: the wrong password',
    url: 'ws://{closed}/mqtt',
    plan: hello(connect(USER, 'guess')),
    phase: 'message',
    findings: ['message.auth-refused @ application', 'close.dropped @ application'],
    shows: ['CONNACK 0x05: not authorized'],
  },
  {
    name: 'no subprotocol offered',
    url: 'ws://{open}/mqtt',
    plan: { ...hello(connect()), subprotocols: [], timeouts: { messageMs: 500 } },
    phase: 'message',
    findings: ['message.timeout @ application'],
    shows: ['no subprotocol was offered', 'subprotocols'],
  },
  {
    name: 'a subprotocol it does not know',
    url: 'ws://{open}/mqtt',
    plan: { subprotocols: ['chat.v1'] },
    phase: 'upgrade',
    findings: ['upgrade.closed @ http'],
    shows: ['chat.v1'],
  },
  {
    name: 'a message that is not MQTT',
    url: 'ws://{open}/mqtt',
    plan: { subprotocols: ['mqtt'], message: { send: 'hello', expect: 'any', samples: 1 } },
    phase: 'message',
    findings: ['close.dropped @ application'],
  },
  {
    name: 'the port of MQTT over bare TCP',
    url: 'ws://{bare}/mqtt',
    plan: { subprotocols: ['mqtt'] },
    phase: 'upgrade',
    findings: ['tcp.reset @ tcp'],
  },
];

describePeer(
  'Mosquitto',
  ({ backends, pki }) => ({
    software: 'mosquitto',
    ports: ['bare', 'open', 'closed', 'secure'],
    configs: ['mosquitto.conf'],
    files: { passwords: MQTT_PASSWORDS },
    values: { ...backends.ports, pki: pki.folder },
    args: (fill) => ['-c', fill('{{folder}}/mosquitto.conf')],
  }),
  'mosquitto',
  (scene) => {
    probeCases(scene, CASES);

    it('answers an MQTT ping in a session, and the dialect is recognised', async () => {
      const { session, log, opened, until } = await openSession(scene(), {
        url: 'ws://{open}/mqtt',
        plan: { subprotocols: ['mqtt'] },
      });
      const received = () =>
        log.frames.flatMap(({ direction, opcode, payload }) =>
          direction === 'received' && opcode === 2 ? [Buffer.from(payload).toString('hex')] : [],
        );
      assert.equal(opened.subprotocol.selected, 'mqtt');
      await session.send({ format: 'hex', content: connect(), binary: true });
      await until(() => received().length === 1);
      // PINGREQ (3.12) gets PINGRESP (3.13).
      await session.send({ format: 'hex', content: 'c000', binary: true });
      await until(() => received().length === 2);
      assert.deepEqual(received(), ['20020000', 'd000']);
      assert.equal(session.snapshot().dialect, 'mqtt');
      session.close(1000, '');
      await until(() => session.state === 'closed');
      session.dispose();
    });
  },
);
