import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { MAX_MQTT_PACKET } from '../../../src/core/dialects/mqtt/decode.js';
import { mqtt } from '../../../src/core/dialects/mqtt/index.js';
import { binary, decodeAll, hex, outline, shown, text } from './support.js';

const connect5 = '> 10 14 0004 4d515454 05 02 003c 05 11 0000000a 0002 6d65';

describe('mqtt', () => {
  const rows: readonly (readonly [message: string, expected: string])[] = [
    ['> 10 0e 0004 4d515454 04 02 003c 0002 6d65', 'request CONNECT me v3.1.1 {connect} <CONNECT>'],
    ['> 10 10 0006 4d5149736470 03 02 003c 0002 6d65', 'request CONNECT me v3.1 {connect} <CONNECT>'],
    ['< 20 02 00 00', 'reply CONNACK {connect}'],
    ['< 20 02 00 05', 'error CONNACK code 0x05 {connect}'],
    ['> 82 08 0001 0003 612f62 01', 'request SUBSCRIBE a/b QoS1 id 1 {subscribe 1} <SUBSCRIBE a/b>'],
    ['< 90 03 0001 01', 'reply SUBACK id 1 {subscribe 1}'],
    ['< 90 03 0001 80', 'error SUBACK id 1 code 0x80 {subscribe 1}'],
    ['> a2 07 0002 0003 612f62', 'request UNSUBSCRIBE a/b id 2 {unsubscribe 2} <UNSUBSCRIBE a/b>'],
    ['< b0 02 0002', 'reply UNSUBACK id 2 {unsubscribe 2}'],
    ['> 30 07 0003 612f62 6869', 'event PUBLISH a/b QoS0 <PUBLISH a/b>'],
    ['> 3b 09 0003 612f62 0007 6869', 'request PUBLISH a/b QoS1 id 7 retain dup {publish 7} <PUBLISH a/b>'],
    ['< 40 02 0007', 'reply PUBACK id 7 {publish 7}'],
    ['< 50 02 0008', 'reply PUBREC id 8 {publish 8}'],
    ['> 62 02 0008', 'request PUBREL id 8 {pubrel 8} <PUBREL>'],
    ['< 70 02 0008', 'reply PUBCOMP id 8 {pubrel 8}'],
    ['> c0 00', 'heartbeat PINGREQ {ping} <PINGREQ>'],
    ['< d0 00', 'heartbeat PINGRESP {ping}'],
    ['> e0 00', 'control DISCONNECT'],
    ['< 00 00', 'error reserved !Not supported'],
    ['< 36 00', 'error PUBLISH !Packet must not have both QoS bits set to 1'],
    ['< 30 ffffffff7f', 'error 6 bytes !Remaining Length of more than four bytes'],
  ];
  for (const [message, expected] of rows) {
    it(message, async () => assert.equal(outline(await decodeAll(mqtt, [hex(message)]))[0], expected));
  }

  it('learns version 5 from CONNECT, for both directions', async () => {
    const decoded = await decodeAll(mqtt, [
      hex(connect5),
      hex('< 20 03 00 87 00'),
      hex('< 40 04 0007 10 00'),
      hex('< 40 04 0008 97 00'),
      hex('< 90 04 0001 00 87'),
      hex('> 32 0f 0000 0009 03 23 0001 7b2261223a317d'),
      hex('> 30 09 0003 612f62 03 23 0001'),
      hex('> 30 06 0000 03 23 0001'),
      hex('< 30 06 0000 03 23 0001'),
      hex('< e0 02 8d 00'),
      hex('< f0 02 18 00'),
    ]);
    assert.deepEqual(outline(decoded), [
      'request CONNECT me v5 {connect} <CONNECT>',
      'error CONNACK code 0x87 {connect}',
      'reply PUBACK id 7 code 0x10 {publish 7}',
      'error PUBACK id 8 code 0x97 {publish 8}',
      'error SUBACK id 1 code 0x87 {subscribe 1}',
      'request PUBLISH alias 1 QoS1 id 9 {publish 9} <PUBLISH alias 1>',
      'event PUBLISH a/b QoS0 <PUBLISH a/b>',
      'event PUBLISH a/b QoS0 <PUBLISH a/b>',
      'event PUBLISH alias 1 QoS0 <PUBLISH alias 1>',
      'error DISCONNECT code 0x8d',
      'control AUTH code 0x18',
    ]);
    assert.match(JSON.stringify(shown(decoded[5])), /"payload":\{"a":1\}.*"topicAlias":1/);
  });

  it('takes packets together and apart', async () => {
    const packets = [
      hex('> 10 0e 0004 4d515454 04 02 003c 0002 6d65'),
      hex('> 82 08 0001 0003 612f62 01'),
      hex('> 3b 09 0003 612f62 0007 6869'),
      hex('> c0 00'),
    ].map(({ bytes }) => bytes);
    const whole = outline(
      await decodeAll(
        mqtt,
        packets.map((bytes) => binary('sent', bytes)),
      ),
    );
    const stream = Buffer.concat(packets);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const parts = at.slice(1).map((end, index) => binary('sent', stream.subarray(at[index], end)));
        const lines = outline(await decodeAll(mqtt, parts));
        assert.deepEqual(
          lines.filter((line) => !line.includes('part of')),
          whole,
        );
      }),
    );
  });

  it('reads back what the library writes', async () => {
    const topic = fc.stringMatching(/^[a-z/]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(topic, fc.constantFrom(0, 1, 2), fc.nat(0xfffe), fc.string(), async (name, qos, id, payload) => {
        const packet = mqttPacket.generate({
          cmd: 'publish',
          topic: name,
          qos,
          messageId: id + 1,
          payload,
          dup: false,
          retain: false,
        });
        const [one] = await decodeAll(mqtt, [binary('sent', packet)]);
        assert.equal(one?.operation, `PUBLISH ${name}`);
        assert.equal(one?.correlation, qos > 0 ? `publish ${id + 1}` : null);
      }),
    );
  });

  it('names a packet of more than 1 MiB by its head and passes over it', async () => {
    const big = Buffer.concat([Buffer.from('30ffff7f', 'hex'), Buffer.alloc(2_097_151, 0x20)]);
    const next = Buffer.from('c000', 'hex');
    const labels = [
      'error PUBLISH (2097155 bytes) !longer than 1 MiB: not decoded',
      'heartbeat PINGREQ {ping} <PINGREQ>',
    ];
    assert.deepEqual(outline(await decodeAll(mqtt, [binary('sent', Buffer.concat([big, next]))])), labels);
    const parts = [
      big.subarray(0, 2),
      big.subarray(2, 100),
      big.subarray(100, 2_000_000),
      Buffer.concat([big.subarray(2_000_000), next]),
    ];
    assert.deepEqual(
      outline(
        await decodeAll(
          mqtt,
          parts.map((part) => binary('sent', part)),
        ),
      ),
      [
        'control part of PUBLISH (2 of ? bytes)',
        labels[0],
        'control 1999900 more bytes',
        'control 97155 more bytes',
        labels[1],
      ],
    );
    assert.equal(MAX_MQTT_PACKET, 1_048_576);
  });

  it('asks for binary frames', async () => {
    assert.deepEqual(outline(await decodeAll(mqtt, [text('> hi')])), [
      'error text frame !MQTT packets come in binary frames',
    ]);
  });
});
