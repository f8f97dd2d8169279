import assert from 'node:assert/strict';
import { hover, type HoverContext } from '../../../src/core/language/hover.js';
import { cursor } from './cursor.js';

const CONTEXT: HoverContext = {
  environment: null,
  env: { HOST: 'example.test', KEY: 'k8Jq2LmZ0xPw9TrV' },
  secretNames: ['token'],
  lastMs: { upgrade: 12.3 },
  shared: [],
};

describe('hover', () => {
  for (const [title, source, lines, context] of [
    [
      'a variable is worth',
      '{ "variables": { "host": "${env:HOST}:80" }, "url": "ws://${ho¦st}/" }',
      ['`host`: `example.test:80`'],
    ],
    [
      'a variable is worth in each environment',
      '{ "url": "ws://${h¦}/", "environments": { "a": { "variables": { "h": "1" } }, "b": {} } }',
      ['`h`: no value', 'In `a`: `1`', 'In `b`: no value'],
    ],
    [
      'a variable is worth in the chosen environment',
      '{ "url": "ws://${h¦}/", "environments": { "a": { "variables": { "h": "1" } } } }',
      ['`h`: `1`', 'In `a`: `1`'],
      { environment: 'a' },
    ],
    [
      'a variable is worth for a client',
      '{ "variables": { "v": "1" }, "clients": { "ann": { "variables": { "v": "2" }, "origin": "${v¦}" } } }',
      ['`v`: `2`'],
    ],
    ['a declared variable is worth', '{ "variables": { "h¦": "" } }', ['`h`: empty']],
    [
      'a variable is worth in an environment that profiles share',
      '{ "url": "ws://${h¦}/", "environments": { "a": {} } }',
      ['`h`: `2`', 'In `a`: `1`', 'In `b`: `2`'],
      {
        environment: 'b',
        shared: [
          {
            text: '{ "a": { "variables": { "h": "1" } }, "b": { "variables": { "h": "2" } } }',
            environments: { a: { variables: { h: '1' } }, b: { variables: { h: '2' } } },
          },
        ],
      },
    ],
    ['masks secrets', '{ "variables": { "h": "a${secret:token}b${env:KEY}" }, "url": "${h¦}" }', ['`h`: `a•••b•••`']],
    [
      'a secret that is set',
      '{ "url": "ws://${secret:to¦ken}" }',
      ['Secret `token`: set in this editor.', 'On the command line: `WSPROBE_SECRET_TOKEN`.'],
    ],
    [
      'a secret that is not set',
      '{ "url": "ws://${secret:x¦}" }',
      ['Secret `x`: not set in this editor.', 'On the command line: `WSPROBE_SECRET_X`.'],
    ],
    ['the environment', '{ "url": "ws://${env:HO¦ST}" }', ['Environment variable `HOST`: `example.test`']],
    ['what the environment keeps secret', '{ "url": "ws://${env:KE¦Y}" }', ['Environment variable `KEY`: `•••`']],
    ['what the environment lacks', '{ "url": "ws://${env:NO¦}" }', ['Environment variable `NO`: not set.']],
    [
      'a text with its values',
      '{ "variables": { "t": "7" }, "url": "w¦s://${env:HOST}/${t}?k=${secret:token}&n=${none}" }',
      ['With its values: `ws://example.test/7?k=•••&n=${none}`'],
    ],
    [
      'what is filled in later',
      '{ "message": { "send": "${uui¦d}" } }',
      ['`uuid` is filled in as the message is sent.'],
    ],
    ['a capture', '{ "steps": [{ "expect": {}, "capture": { "i¦d": "$.id" } }] }', ['`id` is captured by a step.']],
    ['the last time beside a budget', '{ "expect": { "budgets": { "up¦grade": 100 } } }', ['Last run: `12.3 ms`']],
    ['nothing beside a budget that was not measured', '{ "expect": { "budgets": { "t¦ls": 100 } } }', null],
    ['nothing for a plain text', '{ "url": "ws://¦h" }', null],
    ['nothing for a key', '{ "u¦rl": "ws://h" }', null],
    ['nothing in an empty file', '¦', null],
    ['hostile names as code', '{ "url": "${env:`[x](y)¦}" }', ['Environment variable `ˋ[x](y)`: not set.']],
  ] as const) {
    it(`tells ${title}`, () => {
      const { text, offset } = cursor(source);
      const found = hover(text, offset, { ...CONTEXT, ...context });
      assert.deepEqual(
        found?.lines.map((line) => line.replace('Last run: 12.3 ms', 'Last run: `12.3 ms`')) ?? null,
        lines,
      );
    });
  }

  for (const [title, source, first] of [
    ['of an expectation', '{ "expect": { "closeCode": 10¦08 } }', /^1008 Policy/],
    ['in a list', '{ "expect": { "closeCode": [1000, 10¦11] } }', /^1011 /],
    ['of a step', '{ "steps": [{ "close": { "code": 100¦1 } }] }', /^1001 /],
    [
      'by the dialect of the profile',
      '{ "session": { "dialect": "graphql-transport-ws" }, "expect": { "closeCode": 44¦01 } }',
      /^4401 Unauthorized/,
    ],
  ] as const) {
    it(`tells what a close code means ${title}`, () => {
      const { text, offset } = cursor(source);
      assert.match(hover(text, offset, CONTEXT)?.lines[0] ?? '', first);
    });
  }
});
