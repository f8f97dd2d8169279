import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { complete, textOf } from '../../../../src/cli/connect/commands.js';
import { operationsText } from '../../../../src/cli/connect/operationsText.js';
import { prettyJson } from '../../../../src/cli/connect/prettyJson.js';
import { parseRawFrame } from '../../../../src/cli/connect/rawFrame.js';
import { separate } from '../../../../src/cli/connect/separate.js';
import { timeText } from '../../../../src/cli/connect/timeText.js';
import { hexRows, visibleText } from '../../../../src/cli/render/visible.js';
import { planFor } from '../../../support/plan.js';

async function separated(chunks: readonly Buffer[], separator: '\n' | '\0'): Promise<string[]> {
  const messages: string[] = [];
  for await (const message of separate(Readable.from(chunks), separator)) messages.push(message.toString('latin1'));
  return messages;
}

describe('operationsText', () => {
  it('says how many messages could not be paired, with operations and without', () => {
    const one = { count: 1, unanswered: 0, failed: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1, maxMs: 1 };
    const text = (missed: number, operations = [{ operation: 'ping', ...one }]) =>
      operationsText({ operations: () => operations, missed });
    assert.match(text(2), /^ping +1 [^]*\n2 messages could not be paired$/m);
    assert.match(text(1, []), /^no requests were recognised\n1 message could not be paired$/);
    assert.doesNotMatch(text(0), /paired/);
  });
});

describe('separate', () => {
  const cases: [text: string, separator: '\n' | '\0', messages: string[]][] = [
    ['', '\n', []],
    ['a', '\n', ['a']],
    ['a\nb\n', '\n', ['a', 'b']],
    ['a\r\n\r\nb', '\n', ['a', '', 'b']],
    ['\n', '\n', ['']],
    ['a\nb\0c\r\0', '\0', ['a\nb', 'c\r']],
  ];
  for (const [text, separator, messages] of cases) {
    it(`cuts ${JSON.stringify(text)} at ${JSON.stringify(separator)}`, async () => {
      assert.deepEqual(await separated([Buffer.from(text)], separator), messages);
    });
  }

  it('gives the same messages wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'é', '\n', '\r', '\0'), { maxLength: 12 }).map((parts) => parts.join('')),
        fc.constantFrom('\n' as const, '\0' as const),
        async (text, separator) => {
          const bytes = Buffer.from(text);
          const single = [...bytes].map((byte) => Buffer.from([byte]));
          assert.deepEqual(await separated(single, separator), await separated([bytes], separator));
        },
      ),
    );
  });
});

describe('visibleText', () => {
  const cases: [what: string, text: string, shown: string][] = [
    ['plain text, tabs and line breaks as they are', 'plain\ttext\nof two lines', 'plain\ttext\nof two lines'],
    ['C0 and C1 controls', '\u001b[2J\u0007\u009b31m', '\\u001b[2J\\u0007\\u009b31m'],
    ['CR LF as a line break, a lone CR as what it is', 'a\r\nb\rc', 'a\nb\\u000dc'],
    [
      'bidirectional and invisible characters',
      '\u202egnp.exe\u2066\u200d\ufeff\u2028',
      '\\u202egnp.exe\\u2066\\u200d\\ufeff\\u2028',
    ],
    ['lone surrogates and tags beyond the BMP', '\ud800 \u{e0041}', '\\ud800 \\udb40\\udc41'],
    ['letters of every script as they are', 'é 日本 🙂', 'é 日本 🙂'],
  ];
  for (const [what, text, shown] of cases) it(`shows ${what}`, () => assert.equal(visibleText(text), shown));

  it('keeps JSON the same JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(JSON.parse(visibleText(JSON.stringify(text))), text);
      }),
    );
  });
});

describe('hexRows', () => {
  it('has sixteen bytes a row, in hex and as ASCII', () => {
    assert.deepEqual(hexRows(Buffer.from('00ff41', 'hex')), [`0000  00 ff 41${' '.repeat(39)}  ..A`]);
    assert.deepEqual(
      hexRows(Buffer.alloc(17, 'z')).map((row) => row.slice(0, 8)),
      ['0000  7a', '0010  7a'],
    );
  });
});

describe('prettyJson', () => {
  it('breaks lines and changes neither numbers nor keys nor their order', () => {
    assert.equal(
      prettyJson('{"b":12345678901234567890,"a":[1.0],"b":1}'),
      '{\n  "b": 12345678901234567890,\n  "a": [\n    1.0\n  ],\n  "b": 1\n}',
    );
  });
  it('leaves any other text alone', () => {
    for (const text of ['{"a":', 'hello', '"text"', '{not json}']) assert.equal(prettyJson(text), text);
  });
});

describe('timeText', () => {
  const moment = { atMs: 112.345, openMs: 100, lastMs: 110, startedAtMs: new Date(2026, 10, 20, 9, 8, 7, 0).getTime() };
  it('counts from the opening, from the line before, or tells the time', () => {
    assert.equal(timeText('since', moment), '12.3');
    assert.equal(timeText('delta', moment), '+2.3');
    assert.equal(timeText('delta', { ...moment, lastMs: null }), '+12.3');
    assert.equal(timeText('absolute', moment), '09:08:07.112');
  });
});

describe('parseRawFrame', () => {
  it('reads opcode, flags and payload', () => {
    assert.deepEqual(parseRawFrame('text rsv2 nofin 68 69'), {
      opcode: 1,
      fin: false,
      rsv1: false,
      rsv2: true,
      rsv3: false,
      masked: true,
      payload: { format: 'hex', content: '6869', binary: true },
    });
    assert.deepEqual(
      ['0xb unmasked', '15'].map((text) => [parseRawFrame(text).opcode, parseRawFrame(text).masked]),
      [
        [11, false],
        [15, true],
      ],
    );
  });
  for (const text of ['', 'nofin', '16', 'x', '-1'])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseRawFrame(text), { code: 'usage' }));
});

describe('typed lines', () => {
  const plan = planFor('ws://localhost/', {
    messages: [
      { name: 'subscribe', send: 'a' },
      { name: 'sum up', send: 'b' },
    ],
  });

  it('are texts, or commands with a slash', () => {
    assert.deepEqual(['hi', '//hi', '///', '/ping', '/'].map(textOf), ['hi', '/hi', '//', null, null]);
  });

  const completions: [line: string, matches: string[]][] = [
    ['/pi', ['/ping ']],
    ['/re', ['/resume', '/reconnect', '/record ']],
    ['/say su', ['subscribe', 'sum up']],
    ['/say sum', ['sum up']],
    ['/nothing', []],
    ['text', []],
    ['/ping x', []],
  ];
  for (const [line, matches] of completions)
    it(`completes ${line}`, () => assert.deepEqual(complete(line, plan)[0], matches));
});
