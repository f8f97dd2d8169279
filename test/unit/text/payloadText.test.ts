import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LogRow } from '../../../src/core/base/logRow.js';
import { hexDump } from '../../../src/core/text/hex.js';
import { indentJson } from '../../../src/core/text/json.js';
import { logLine } from '../../../src/core/text/logText.js';
import { payloadText } from '../../../src/core/text/payloadText.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a payload as a document', () => {
  it('is JSON, text or a hex dump', () => {
    deepStrictEqual(payloadText(utf8('{"b":1,"a":[]}'), false, 0), {
      extension: 'json',
      text: '{\n  "b": 1,\n  "a": []\n}\n',
    });
    deepStrictEqual(payloadText(utf8('hello'), false, 0), { extension: 'txt', text: 'hello' });
    strictEqual(payloadText(utf8('{"a":1}'), true, 0).extension, 'hex');
  });

  it('says how much of it is missing, and is no JSON then', () => {
    const { extension, text } = payloadText(utf8('{"a":1}'), false, 5000);
    strictEqual(extension, 'txt');
    ok(text.endsWith('… 5000 bytes more\n'));
    ok(payloadText(utf8('a'), true, 3).text.endsWith('… 3 bytes more\n'));
  });

  it('in hex has sixteen bytes a line with offset and ASCII', () => {
    const bytes = Buffer.from('000102030405060708090a0b0c0d0e0f41ff', 'hex');
    const first = '00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................\n';
    const second = `00000010  41 ff${' '.repeat(43)}  A.\n`;
    strictEqual(hexDump(bytes).length, first.length + second.length);
    strictEqual(hexDump(bytes).slice(0, first.length), first);
    ok(hexDump(bytes).endsWith('  A.\n'));
    strictEqual(hexDump(new Uint8Array()), '');
  });
});

describe('JSON indented', () => {
  it('keeps order, doubled keys, escapes and big numbers', () => {
    const text = '{"b":12345678901234567890,"a":"\\u00e9\\"{,","b":1.50,"e":{},"l":[1,[],2]}';
    strictEqual(
      indentJson(text),
      '{\n  "b": 12345678901234567890,\n  "a": "\\u00e9\\"{,",\n  "b": 1.50,\n  "e": {},\n  "l": [\n    1,\n    [],\n    2\n  ]\n}',
    );
  });

  it('is the same value as before', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        const indented = indentJson(text);
        ok(indented !== null);
        strictEqual(JSON.stringify(JSON.parse(indented)), text);
        strictEqual(indented, JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });

  it('leaves alone what is none', () => {
    for (const text of ['', 'x', '1', '"a"', '{', '[1,]', '{"a":1} x']) strictEqual(indentJson(text), null);
  });

  it('stays bounded however deep a peer nests', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    strictEqual(indentJson(deep), deep);
    const long = `[${'1,'.repeat(600_000)}1]`;
    strictEqual(indentJson(long), long);
  });
});

describe('a row of the log as a line', () => {
  const row: LogRow = {
    id: 3,
    kind: 'text',
    atMs: 1234.6,
    direction: 'received',
    opcode: 1,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: false,
    wireBytes: 8,
    payloadBytes: 6,
    inflatedBytes: null,
    frames: 1,
    connection: 1,
    place: 'memory',
    marked: false,
    preview: 'hello',
    label: 'greeting',
  };

  it('says when, which way, what and how much', () => {
    strictEqual(logLine(row), '     1.235  received  text                   6 B  greeting  hello');
  });

  it('is one line and harmless whatever the peer wrote', () => {
    const line = logLine({ ...row, preview: 'a\nb\u001b[31m\u202e\u0000c', label: null });
    ok(!/[\n\u001b\u202e\u0000]/.test(line), JSON.stringify(line));
  });

  it('says what was marked or dropped, and tells events apart', () => {
    ok(logLine({ ...row, marked: true, place: 'dropped' }).includes('[marked] [payload dropped]'));
    ok(
      logLine({ ...row, kind: 'event', preview: 'Connecting', label: null }).includes(
        '--  Connecting'.replace('  ', ' '),
      ),
    );
  });
});
