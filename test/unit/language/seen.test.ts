import assert from 'node:assert/strict';
import { seenIn, shapeOf } from '../../../src/core/language/seenIn.js';
import { frameRecord } from '../../support/reports.js';

const text = (value: string, direction: 'sent' | 'received' = 'received') =>
  frameRecord(0, direction, 1, { text: value });

const seen = (frames: readonly ReturnType<typeof text>[], url = 'ws://h/') =>
  seenIn({ frames, url, subprotocol: { offered: [], selected: null } });

describe('what a run has seen', () => {
  it('are paths, the shallow ones first, once, and quoted where they must be', async () => {
    const frames = ['{"type":"a","payload":{"id":1,"x-y":[{"z":1},{"w":2}]}}', '{"type":"b"}', 'no json', '7'];
    const { raw } = await seen(frames.map((each) => text(each)));
    assert.deepEqual(raw.paths, [
      '$.type',
      '$.payload',
      '$.payload.id',
      "$.payload['x-y']",
      "$.payload['x-y'][0]",
      "$.payload['x-y'][0].z",
    ]);
    assert.deepEqual(raw.texts['$.type'], ['a', 'b']);
  });

  it('are whole messages that came: none that was sent, cut off, or is a part', async () => {
    const { raw } = await seen([
      text('{"sent":1}', 'sent'),
      frameRecord(1, 'received', 1, { text: '{"cut":1}', truncated: true }),
      frameRecord(2, 'received', 1, { text: '{"part":1}', fin: false }),
      frameRecord(3, 'received', 1, { base64: 'AAAA', rsv1: true }),
      frameRecord(4, 'received', 0, { base64: 'AAAA', inflated: { text: '{"whole":1}', bytes: 11, truncated: false } }),
      frameRecord(5, 'received', 9, { text: '{"ping":1}' }),
    ]);
    assert.deepEqual(raw.paths, ['$.whole']);
  });

  it('are the events of a dialect, either direction, and what it made of them', async () => {
    const url = 'ws://h/socket.io/?EIO=4&transport=websocket';
    const frames = [
      text('0{"sid":"s"}'),
      text('40', 'sent'),
      text('42["join",{"room":"r"}]', 'sent'),
      text('42["joined",{"who":"ann"}]'),
    ];
    const { decoded, events } = await seen(frames, url);
    assert.ok(events.includes('join') && events.includes('joined'), events.join());
    assert.ok(decoded.paths.length > 0);
    assert.ok(Object.values(decoded.texts).flat().includes('joined'), JSON.stringify(decoded));
  });

  it('are types of GraphQL by its subprotocol', async () => {
    const frames = [text('{"type":"connection_ack"}'), text('{"id":"1","type":"next","payload":{"data":{}}}')];
    const { raw } = await seenIn({
      frames,
      url: 'ws://h/',
      subprotocol: { offered: ['graphql-transport-ws'], selected: 'graphql-transport-ws' },
    });
    assert.deepEqual(raw.texts['$.type'], ['connection_ack', 'next']);
  });

  it('are bounded', async () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]));
    assert.equal(shapeOf([wide]).paths.length, 200);
    const { raw } = await seen([text('{"a":'.repeat(5000) + '1' + '}'.repeat(5000))]);
    assert.equal(raw.paths.length, 6);
    const many = shapeOf(Array.from({ length: 1000 }, (_, index) => ({ a: `v${index}`, b: 'x'.repeat(1000) })));
    assert.deepEqual([many.texts['$.a']?.length, many.texts['$.b']?.length], [50, 0]);
  });
});
