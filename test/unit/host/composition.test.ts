import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict';
import { outgoingOf } from '../../../src/core/payload/outgoing.js';
import { parsePayload } from '../../../src/host/sessions/composition.js';
import { rememberSent } from '../../../src/host/sessions/sentMessages.js';
import type { OutgoingMessage } from '../../../src/protocol/session.js';

describe('payloads given by code', () => {
  for (const payload of [
    'hi',
    '',
    { text: 'a' },
    { json: [1, null] },
    { json: null },
    { hex: '00' },
    { base64: 'AA==' },
    { file: 'a.bin' },
  ]) {
    it(`takes ${JSON.stringify(payload)}`, () => {
      deepStrictEqual(parsePayload(payload), payload);
    });
  }

  const circle: Record<string, unknown> = {};
  circle['json'] = circle;
  for (const payload of [
    undefined,
    null,
    7,
    [],
    {},
    { text: 1 },
    { json: undefined },
    { text: 'a', hex: '00' },
    { exec: 'ls' },
    circle,
  ]) {
    it(`refuses ${payload === circle ? 'a circle' : JSON.stringify(payload)}`, () => {
      throws(() => parsePayload(payload), { code: 'payload.invalid' });
    });
  }

  it('become what the composer holds', () => {
    deepStrictEqual(outgoingOf('a'), { format: 'text', content: 'a', binary: false });
    deepStrictEqual(outgoingOf({ json: { a: 1 } }), { format: 'json', content: '{"a":1}', binary: false });
    deepStrictEqual(outgoingOf({ hex: '0a' }), { format: 'hex', content: '0a', binary: true });
    deepStrictEqual(outgoingOf({ base64: 'AA==' }), { format: 'base64', content: 'AA==', binary: true });
    deepStrictEqual(outgoingOf({ file: './a' }), { format: 'file', content: './a', binary: false });
  });
});

describe('the history of what was sent', () => {
  const message = (content: string): OutgoingMessage => ({ format: 'text', content, binary: false });

  it('keeps the latest fifty, each once', () => {
    let history: OutgoingMessage[] = [];
    for (let index = 0; index < 60; index++) history = rememberSent(history, message(`m${index}`));
    history = rememberSent(history, message('m30'));
    strictEqual(history.length, 50);
    strictEqual(history[0]?.content, 'm30');
    strictEqual(history.filter(({ content }) => content === 'm30').length, 1);
  });

  it('tells the same text of another form apart, and has no room for nothing or for very long ones', () => {
    const json: OutgoingMessage = { format: 'json', content: '1', binary: false };
    strictEqual(rememberSent([message('1')], json).length, 2);
    strictEqual(rememberSent([], message('')).length, 0);
    strictEqual(rememberSent([], message('x'.repeat(40_000))).length, 0);
  });
});
