import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { jsonLines, MAX_LINES, toggled, UNTOUCHED, withMore } from '../../webview/detail/jsonLines.js';
import { jsonProblem, placeOf } from '../../webview/detail/jsonProblem.js';
import { jsonChildren, type JsonNode, jsonNodeAt } from '../../webview/detail/jsonTree.js';

const textOf = (text: string, node: JsonNode) => text.slice(node.start, node.end);

/** The whole tree read through the scanner, as JSON again. */
function rebuild(text: string, node: JsonNode): string {
  if (node.kind !== 'object' && node.kind !== 'array') return textOf(text, node);
  const { entries } = jsonChildren(text, node, 0, 10_000);
  const parts = entries.map(({ key, node: value }) => (key === null ? '' : `${key}:`) + rebuild(text, value));
  return node.kind === 'object' ? `{${parts.join(',')}}` : `[${parts.join(',')}]`;
}

describe('JSON as received', () => {
  it('keeps every value, key and their order: rebuilt, it is the same text without its spaces', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const root = jsonNodeAt(text, 0);
        assert.ok(root);
        assert.equal(root.complete, true);
        assert.equal(rebuild(text, root), JSON.stringify(value));
      }),
    );
  });

  it('keeps big numbers, escapes and duplicate keys', () => {
    const text = '{ "b": 12345678901234567890.10, "a": "\\u00e9\\n", "b": -0 }';
    const root = jsonNodeAt(text, 0);
    assert.ok(root);
    assert.deepEqual(
      jsonChildren(text, root, 0, 10).entries.map(({ key, node }) => [key, node.kind, textOf(text, node)]),
      [
        ['"b"', 'number', '12345678901234567890.10'],
        ['"a"', 'string', '"\\u00e9\\n"'],
        ['"b"', 'number', '-0'],
      ],
    );
  });

  it('reads whatever it is given, in bounds and to an end', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', ' ', '1', 'a', '\u202e'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of jsonLines(text, UNTOUCHED)) {
          if (line.node)
            assert.ok(line.node.start >= 0 && line.node.end <= text.length && line.node.end >= line.node.start);
        }
      }),
    );
  });

  it('survives a cut anywhere', () => {
    const text = '{"a":[1,{"b":"c\\"d"},null],"e":true}';
    for (let end = 1; end <= text.length; end++) {
      const cut = text.slice(0, end);
      const root = jsonNodeAt(cut, 0);
      assert.equal(root?.complete, end === text.length);
      assert.ok(jsonLines(cut, UNTOUCHED).length > 0);
    }
  });

  it('does not recurse: a million levels and a million entries are read', () => {
    const deep = '['.repeat(1_000_000);
    assert.ok(jsonLines(deep, UNTOUCHED).length > 0);
    const wide = `[${'1,'.repeat(1_000_000)}1]`;
    const lines = jsonLines(wide, UNTOUCHED);
    assert.equal(lines.length, 102);
    assert.equal(lines.at(-1)?.node, null);
  });

  it('opens further where somebody asks, up to a number of lines that a page can bear', () => {
    const text = JSON.stringify({ list: Array.from({ length: 10_000 }, (_, index) => index), pad: 'x'.repeat(5000) });
    const list = text.indexOf('[');
    const more = withMore(withMore(UNTOUCHED, list), list);
    assert.equal(jsonLines(text, more).length, 404);
    let all = UNTOUCHED;
    for (let step = 0; step < 10; step++) all = withMore(all, list);
    assert.equal(jsonLines(text, all).length, MAX_LINES);
    assert.equal(jsonLines(text, toggled(UNTOUCHED, list)).length, 3);
  });

  it('names places by line and column', () => {
    assert.deepEqual(placeOf('{\n  "a": x', 9), { line: 2, column: 8 });
    assert.deepEqual(placeOf('x', 0), { line: 1, column: 1 });
  });
});

describe('JSON problems', () => {
  it('agree with JSON.parse on what is JSON', () => {
    const nearly = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ':',
        ',',
        ' ',
        '1',
        '0',
        '-',
        '.',
        'e',
        'true',
        'null',
        'a',
        '\n',
        '\t',
        'u00e9',
      ),
      maxLength: 24,
    });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.json()), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        assert.equal(jsonProblem(text) === null, valid, text);
      }),
      { numRuns: 2000 },
    );
  });

  const table: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /ends here/],
    ['{', 1, /key/],
    ['{"a" 1}', 5, /“:”/],
    ['{"a":1,}', 7, /key/],
    ['[1 2]', 3, /“,” or “]”/],
    ['{"a":1]', 6, /“}”/],
    ['{"a":undefined}', 5, /value/],
    ['[01]', 1, /value/],
    ['"a\nb"', 2, /escaped/],
    ['"\\x"', 1, /escape/],
    ['"abc', 4, /not closed/],
    ['{} {}', 3, /follow/],
  ];
  for (const [text, index, message] of table) {
    it(`stand at their place: ${JSON.stringify(text)}`, () => {
      const problem = jsonProblem(text);
      assert.equal(problem?.index, index);
      assert.match(problem?.message ?? '', message);
    });
  }
});
