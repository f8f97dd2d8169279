import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Payload } from '../../../src/core/base/plan.js';
import { compose, composeSaved, parsePayload, withSecrets } from '../../../src/host/sessions/composition.js';
import { rememberSent } from '../../../src/host/sessions/sentMessages.js';
import { SecretText } from '../../../src/core/redaction/secretText.js';
import type { OutgoingMessage } from '../../../src/protocol/session.js';

const none = new SecretText({}, []);

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
    deepStrictEqual(compose('a'), { format: 'text', content: 'a', binary: false });
    deepStrictEqual(compose({ json: { a: 1 } }), { format: 'json', content: '{"a":1}', binary: false });
    deepStrictEqual(compose({ hex: '0a' }), { format: 'hex', content: '0a', binary: true });
    deepStrictEqual(compose({ base64: 'AA==' }), { format: 'base64', content: 'AA==', binary: true });
    deepStrictEqual(compose({ file: './a' }), { format: 'file', content: './a', binary: false });
  });
});

describe('secrets in messages', () => {
  const secrets = new SecretText({ token: 'hunter22', quoted: 'a"b${c}' }, ['hunter22', 'unnamed-cookie', 'x']);

  it('are shown by their names and sent by their values', () => {
    const send: Payload = { json: { token: 'Bearer hunter22', deep: ['unnamed-cookie'] } };
    const [saved] = composeSaved([{ name: 'log in', send }], secrets);
    ok(saved);
    ok(!/hunter22|unnamed-cookie/.test(JSON.stringify(saved)), saved.message.content);
    ok(saved.message.content.includes('${secret:token}'));
    const sent = withSecrets(saved.message, secrets);
    deepStrictEqual(JSON.parse(sent.content), send.json);
  });

  it('stay whole where they hold quotes or the signs of a variable', () => {
    const text = withSecrets({ format: 'json', content: '{"a":"${secret:quoted}"}', binary: false }, secrets).content;
    strictEqual(text, '{"a":"a\\"b$${c}"}');
    strictEqual(
      withSecrets({ format: 'text', content: '${secret:quoted}', binary: false }, secrets).content,
      'a"b$${c}',
    );
  });

  it('that are not the profile’s own are left to the engine to refuse', () => {
    for (const content of ['${secret:other}', '$${secret:token}', '${uuid} ${tenant}', '${secret:x']) {
      strictEqual(withSecrets({ format: 'text', content, binary: false }, secrets).content, content);
    }
  });

  it('never stand in a path', () => {
    strictEqual(
      withSecrets({ format: 'file', content: '${secret:token}', binary: false }, secrets).content,
      '${secret:token}',
    );
  });

  it('come back as they were from any text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('hunter22', 'hunter', '22', 'unnamed-cookie', ' ', 'é', '$')), (pieces) => {
        const text = pieces.join('');
        const hidden = secrets.hide(text);
        return !hidden.includes('hunter22') && secrets.fill(hidden, 'text') === text;
      }),
    );
  });

  it('of which there are none change nothing', () => {
    strictEqual(none.hide('a ${uuid}'), 'a ${uuid}');
    strictEqual(none.fill('a ${secret:b}', 'text'), 'a ${secret:b}');
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
