import assert from 'node:assert/strict';
import { quickFixes } from '../../../src/core/language/fixes.js';
import { fileLinks } from '../../../src/core/language/links.js';
import { checkProfile } from '../../../src/core/profile/check.js';
import { edited } from './cursor.js';

const CONTEXT = { env: {}, secretNames: [], baseDir: null };

describe('quick fixes', () => {
  for (const [title, text, fix, after] of [
    [
      'a misspelt key',
      '{ "url": "ws://h", "heaters": {} }',
      'Change to "headers"',
      '{ "url": "ws://h", "headers": {} }',
    ],
    [
      'a misspelt value',
      '{ "url": "ws://h", "tls": { "minVersion": "TLSv1.22" } }',
      'Change to "TLSv1.2"',
      '{ "url": "ws://h", "tls": { "minVersion": "TLSv1.2" } }',
    ],
    [
      'a misspelt variable',
      '{ "variables": { "host": "h" }, "url": "ws://${hots}" }',
      'Change to ${host}',
      '{ "variables": { "host": "h" }, "url": "ws://${host}" }',
    ],
    [
      'a misspelt client',
      '{ "url": "ws://h", "clients": { "ann": {} }, "steps": [{ "client": "anm", "ping": {} }] }',
      'Change to "ann"',
      '{ "url": "ws://h", "clients": { "ann": {} }, "steps": [{ "client": "ann", "ping": {} }] }',
    ],
    [
      'an undeclared variable by a first one',
      '{\n  "url": "ws://${h}"\n}',
      'Define `h` in `variables`',
      '{\n  "url": "ws://${h}",\n  "variables": { "h": "" }\n}',
    ],
    [
      'an undeclared variable by one more',
      '{\n  "variables": {\n    "zzzz": ""\n  },\n  "url": "ws://${h}",\n}',
      'Define `h` in `variables`',
      '{\n  "variables": {\n    "h": "",\n    "zzzz": ""\n  },\n  "url": "ws://${h}",\n}',
    ],
    [
      'an undeclared variable by the environment',
      '{ "url": "ws://${h}" }',
      'Read it from the environment',
      '{ "url": "ws://${env:h}" }',
    ],
    [
      'an undeclared variable by a secret',
      '{ "url": "ws://${h}" }',
      'Keep it as a secret',
      '{ "url": "ws://${secret:h}" }',
    ],
    ['no URL', '{\n  "name": "x"\n}', 'Add `url`', '{\n  "url": "ws://localhost:8080/",\n  "name": "x"\n}'],
    ['no URL in an empty profile', '{}', 'Add `url`', '{ "url": "ws://localhost:8080/" }'],
  ] as const) {
    it(`mends ${title}`, () => {
      const [problem] = checkProfile(text, CONTEXT);
      assert.ok(problem);
      const fixes = quickFixes(text, problem);
      const chosen = fixes.find((each) => each.title === fix);
      assert.ok(chosen, JSON.stringify({ problem, fixes }));
      assert.equal(edited(text, chosen.edits), after);
    });
  }

  for (const [title, text, deed, context] of [
    ['a secret without a value', '{ "url": "ws://${secret:a}" }', { kind: 'set-secret', name: 'a' }, {}],
    ['an environment that is gone', '{ "url": "ws://h" }', { kind: 'select-environment' }, { environment: 'x' }],
  ] as const) {
    it(`has a deed for ${title}`, () => {
      const [problem] = checkProfile(text, { ...CONTEXT, ...context });
      assert.ok(problem);
      assert.deepEqual(
        quickFixes(text, problem).map((fix) => fix.deed),
        [deed],
      );
    });
  }

  it('has none for what only the author knows', () => {
    const text = '{ "url": "https://h" }';
    const [problem] = checkProfile(text, CONTEXT);
    assert.ok(problem);
    assert.deepEqual(quickFixes(text, problem), []);
  });
});

describe('links to files', () => {
  it('are the paths that a run reads, and nothing that looks like one', () => {
    const text = JSON.stringify({
      tls: { ca: ['a.pem', '${x}.pem'], cert: 'b.pem', passphrase: 'no' },
      message: { send: { file: 'c.bin' }, expect: { schema: 'd.json' } },
      messages: [
        { name: 'file', send: { file: 'e.bin' } },
        { name: 'x', send: { json: { file: 'no', send: { file: 'no' } } } },
      ],
      steps: [{ send: { file: 'f.bin' } }, { expect: { all: [{ schema: 'g.json' }] } }],
      session: { heartbeat: { send: { protobuf: { schema: 'h.proto', value: { schema: 'no' } } } } },
      environments: { e: { tls: { key: 'i.pem' } } },
    });
    const links = fileLinks(text);
    assert.deepEqual(
      links.map(({ path }) => path).join(' '),
      'a.pem b.pem c.bin d.json e.bin f.bin g.json h.proto i.pem',
    );
    for (const { offset, length, path } of links) assert.equal(text.slice(offset, offset + length), path);
  });
});
