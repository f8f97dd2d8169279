import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { dialectNamed, dialectOfSubprotocol } from '../../../src/core/base/dialectNames.js';
import { ANSWER_HEADERS, REQUEST_HEADERS, SUBPROTOCOLS } from '../../../src/core/language/catalogue.js';
import { complete, type Known } from '../../../src/core/language/complete.js';
import { answerHeaderName, headerName } from '../../../src/core/profile/checks.js';
import { PROFILE_WORDS } from '../../../src/core/profile/words.js';
import { cursor, edited } from './cursor.js';

const KNOWN: Known = {
  secrets: ['token'],
  env: ['HOST'],
  shared: [],
  seen: {
    raw: { paths: ['$.type', '$.payload.id'], texts: { '$.type': ['hello', 'a "b"'] } },
    decoded: { paths: ['$.name'], texts: { '$.name': ['joined'] } },
    events: ['joined', 'left'],
  },
};

/** With an environment that other profiles use too. */
const SHARING: Known = {
  ...KNOWN,
  shared: [{ text: '', environments: { staging: { variables: { region: 'eu' } }, local: {} } }],
};

const at = (source: string, known = KNOWN) => {
  const { text, offset } = cursor(source);
  return complete(text, offset, known);
};

/** With variables `tenant` and `id`, the second captured. */
const CONVERSATION = (step: string) =>
  `{ "variables": { "tenant": "a" }, "clients": { "ann": {}, "bob": {} },
     "steps": [{ "expect": { "jsonPath": "$.id", "exists": true }, "capture": { "id": "$.id" } }, ${step}] }`;

describe('completion inside texts', () => {
  for (const [title, source, labels] of [
    [
      'variables, secrets and the environment after ${',
      '{ "variables": { "a": "1" }, "url": "ws://${¦" }',
      'a secret:token env:HOST',
    ],
    ['secrets alone after their prefix', '{ "url": "ws://${secret:¦}" }', 'secret:token'],
    ['the environment alone after its prefix', '{ "url": "ws://${env:¦}" }', 'env:HOST'],
    [
      'a secret that is used elsewhere, set or not',
      '{ "origin": "${secret:new}", "url": "${secret:¦}" }',
      'secret:token secret:new',
    ],
    [
      'variables of an environment',
      '{ "environments": { "e": { "variables": { "b": "1" }, "origin": "${¦" } } }',
      'b secret:token env:HOST',
    ],
    [
      'what is filled in as a message is sent, in messages',
      '{ "message": { "send": "${¦}" } }',
      'uuid now seq secret:token env:HOST',
    ],
    ['captures in steps', CONVERSATION('{ "send": "${¦}" }'), 'tenant uuid now seq id secret:token env:HOST'],
    [
      'no capture elsewhere',
      CONVERSATION('{ "send": "x" }').replace('{ "v', '{ "origin": "${¦", "v'),
      'tenant secret:token env:HOST',
    ],
    ['nothing outside a variable', '{ "url": "ws://¦" }', ''],
    ['nothing after a closed variable', '{ "url": "ws://${a}¦" }', ''],
    ['nothing after the escape', '{ "url": "ws://$${¦" }', ''],
    [
      'variables in JSON of messages',
      '{ "message": { "send": { "json": { "deep": ["${¦"] } } } }',
      'uuid now seq secret:token env:HOST',
    ],
    ['clients of steps', CONVERSATION('{ "client": "¦" }'), 'ann bob'],
    ['clients inside a repeat', CONVERSATION('{ "repeat": { "times": 2, "steps": [{ "client": "¦" }] } }'), 'ann bob'],
    ['paths of the last run in a match', CONVERSATION('{ "expect": { "jsonPath": "¦" } }'), '$.type $.payload.id'],
    ['paths of the last run in a capture', CONVERSATION('{ "capture": { "x": "¦" } }'), '$.type $.payload.id'],
    ['paths of the last run in the message', '{ "message": { "expect": { "jsonPath": "¦" } } }', '$.type $.payload.id'],
    [
      'what the dialect made of it, where a match looks at that',
      CONVERSATION('{ "expect": { "in": "decoded", "jsonPath": "¦" } }'),
      '$.name',
    ],
    [
      'the same for its capture',
      CONVERSATION('{ "expect": { "in": "decoded", "jsonPath": "$.a", "exists": true }, "capture": { "x": "¦" } }'),
      '$.name',
    ],
    [
      'the texts that the dialect had there',
      CONVERSATION('{ "expect": { "in": "decoded", "jsonPath": "$.name", "equals": "¦" } }'),
      'joined',
    ],
    ['no text for a path that was not seen', CONVERSATION('{ "expect": { "jsonPath": "$.x", "equals": "¦" } }'), ''],
    ['no text for a whole message', CONVERSATION('{ "expect": { "equals": "¦" } }'), ''],
    [
      'events of the last run in what is sent',
      CONVERSATION('{ "send": { "socketio": { "event": "¦" } } }'),
      'joined left',
    ],
    ['no path in what is sent', CONVERSATION('{ "send": { "json": { "jsonPath": "¦" } } }'), ''],
    [
      'the offered subprotocols where one is expected',
      '{ "subprotocols": ["a", "b"], "expect": { "subprotocol": "¦" } }',
      'a b',
    ],
    ['a value for a header that is known', '{ "headers": { "authorization": "¦" } }', 'Bearer ${secret:token}'],
    ['nothing for a header that is not', '{ "headers": { "X-Own": "¦" } }', ''],
    ['nothing in front of the quote', '{ "session": { "dialect": ¦"" } }', ''],
    ['nothing behind the quote', '{ "session": { "dialect": ""¦ } }', ''],
    ['nothing in a number', '{ "expect": { "status": 1¦ } }', ''],
    ['nothing in a comment', '{ /* "${¦" */ "url": "ws://h" }', ''],
    ['nothing in an empty file', '¦', ''],
  ] as const) {
    it(`gives ${title}`, () => {
      const given = at(source).map(({ label }) => label);
      assert.deepEqual(given.join(' '), labels);
    });
  }

  for (const [title, source, labels] of [
    [
      'variables that profiles share',
      '{ "variables": { "a": "" }, "url": "ws://${¦" }',
      'a region secret:token env:HOST',
    ],
    ['names of environments that profiles share', '{ "environments": { "¦" } }', 'staging local'],
    ['no environment that is there already', '{ "environments": { "local": {}, "¦" } }', 'staging'],
    [
      'variables that are used and not declared',
      '{ "url": "ws://${host}/${uuid}", "variables": { "¦" } }',
      'host region',
    ],
    ['no variable that is there already', '{ "url": "${a}${b}", "variables": { "a": "", "¦": "" } }', 'b region'],
    [
      'variables of an environment by what is used',
      '{ "url": "${a}", "environments": { "e": { "variables": { "¦" } } } }',
      'a region',
    ],
  ] as const) {
    it(`gives ${title}`, () =>
      assert.equal(
        at(source, SHARING)
          .map(({ label }) => label)
          .join(' '),
        labels,
      ));
  }

  it('gives the texts that stood at the path of a match, as they must be written', () => {
    const source = CONVERSATION('{ "expect": { "jsonPath": "$.type", "equals": "¦" } }');
    assert.deepEqual(
      at(source).map(({ text }) => text),
      ['hello', 'a \\"b\\"'],
    );
  });

  for (const [title, source, starts] of [
    ['header names', '{ "headers": { "¦" } }', REQUEST_HEADERS.map(({ name }) => name)],
    [
      'header names of an environment',
      '{ "environments": { "e": { "headers": { "A¦": "" } } } }',
      REQUEST_HEADERS.map(({ name }) => name),
    ],
    ['names of answer headers', '{ "expect": { "headers": { "¦": {} } } }', ANSWER_HEADERS.map(({ name }) => name)],
    ['subprotocols', '{ "subprotocols": ["¦"] }', SUBPROTOCOLS],
  ] as const) {
    it(`gives ${title}`, () =>
      assert.deepEqual(
        at(source).map(({ label }) => label),
        starts,
      ));
  }

  it('gives the dialects, without the default that the schema gives', () => {
    const labels = at('{ "session": { "dialect": "¦" } }').map(({ label }) => label);
    assert.ok(labels.includes('none') && labels.includes('socket.io') && !labels.includes('auto'));
    for (const label of labels.filter((each) => each !== 'none')) assert.equal(dialectNamed(label), label);
  });

  for (const [title, source, after] of [
    ['closes the variable', '{ "url": "ws://${¦/x" }', '{ "url": "ws://${secret:token}/x" }'],
    ['takes the } that stands there', '{ "url": "ws://${¦}/x" }', '{ "url": "ws://${secret:token}/x" }'],
    ['takes in the rest of the name', '{ "url": "ws://${sec¦ret:old}/x" }', '{ "url": "ws://${secret:token}/x" }'],
    ['works in a text without an end', '{ "url": "ws://${¦', '{ "url": "ws://${secret:token}'],
    ['replaces a whole value', '{ "subprotocols": ["mq¦tt"] }', '{ "subprotocols": ["v11.stomp"] }'],
    ['replaces a whole key', '{ "headers": { "Au¦th": "x" } }', '{ "headers": { "Authorization": "x" } }'],
  ] as const) {
    it(`${title} when it is taken`, () => {
      const { text } = cursor(source);
      const wanted = ['secret:token', 'v11.stomp', 'Authorization'];
      const item = at(source).find(({ label }) => wanted.includes(label));
      assert.ok(item);
      assert.equal(edited(text, [item]), after);
    });
  }

  it('offers only what the checker lets pass', () => {
    for (const { name } of REQUEST_HEADERS) assert.equal(headerName(name), null);
    for (const { name } of ANSWER_HEADERS) assert.equal(answerHeaderName(name), null);
    for (const token of SUBPROTOCOLS) assert.notEqual(dialectOfSubprotocol(token), null, token);
    const examples = PROFILE_WORDS['subprotocols[]'];
    assert.ok(typeof examples === 'object' && SUBPROTOCOLS.every((token) => !examples.examples?.includes(token)));
  });

  it('takes any text and any place', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '${',
      'secret:',
      '"headers"',
      '"steps"',
      '\\',
      ' ',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(200), (pieces, offset) => {
        const text = pieces.join('');
        for (const item of complete(text, Math.min(offset, text.length), KNOWN)) {
          assert.ok(item.offset >= 0 && item.length >= 0 && item.offset + item.length <= text.length);
        }
      }),
    );
  });

  it('is bounded', () => {
    assert.deepEqual(at(`{ "url": "${'x'.repeat(1_100_000)}\${¦" }`), []);
    assert.deepEqual(at(`${'{"a":'.repeat(1000)}"\${¦"`), []);
    const many = Array.from({ length: 2000 }, (_, index) => `S${index}`);
    assert.equal(at('{ "url": "${secret:¦" }', { ...KNOWN, secrets: many }).length, 500);
  });
});
