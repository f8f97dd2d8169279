import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { PROFILE_SPEC } from '../../../src/core/profile/keys.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { editorSchema, profileSchema } from '../../../src/core/profile/schema.js';
import type { Spec } from '../../../src/core/profile/spec.js';

type Schema = { readonly [key: string]: unknown };

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = JSON.parse(read('media/schemas/profile.schema.json')) as Schema;

function compile(json: Schema) {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
  addFormats.default(ajv);
  for (const word of [
    'markdownDescription',
    'defaultSnippets',
    'allowComments',
    'allowTrailingCommas',
    'patternErrorMessage',
  ]) {
    ajv.addKeyword(word);
  }
  return ajv.compile(json);
}

describe('profile schema', () => {
  it('is the one that the keys make (npm run schemas writes it)', () => {
    assert.deepEqual(schema, JSON.parse(JSON.stringify(profileSchema())));
  });

  it('stands beside one for the editor, which lets everything pass and knows the same keys', () => {
    const editor = JSON.parse(read('media/schemas/profile.editor.schema.json')) as Schema;
    assert.deepEqual(editor, JSON.parse(JSON.stringify(editorSchema())));
    const lets = compile(editor);
    for (const value of [{}, [], { url: 5, colour: 'red' }, null]) assert.equal(lets(value), true);
    const { profile } = editor['definitions'] as Record<string, Schema>;
    assert.deepEqual(Object.keys(profile?.['properties'] as Schema), Object.keys(schema['properties'] as Schema));
  });

  it('names the keys that the parser knows, and no others', () => {
    assert.deepEqual([...new Set(schemaKeys(schema, ''))].sort(), [...new Set(specKeys(PROFILE_SPEC, ''))].sort());
  });

  it('describes every key', () => {
    const silent = [...described(schema, '')].filter(([, words]) => words.length < 5);
    assert.deepEqual(silent, []);
  });

  it('lets comments and trailing commas pass', () => {
    assert.deepEqual([schema['allowComments'], schema['allowTrailingCommas']], [true, true]);
  });

  const judge = compile(schema);
  const fine: readonly object[] = [
    { url: 'ws://h' },
    { environments: { e: { url: 'ws://h' } } },
    { url: '${base}/x', variables: { base: 'ws://h' } },
    { url: 'ws://h', message: { send: { json: [1] }, expect: { jsonPath: '$.a', equals: 1 }, samples: 3 } },
    { url: 'ws://h', message: { send: 'text', expect: 'echo' }, compression: { clientMaxWindowBits: true } },
    {
      url: 'ws://h',
      auth: { type: 'apiKey', name: 'k', value: 'v' },
      expect: { closeCode: [1000], budgets: { message: { percentile: 95 } } },
    },
    {
      url: 'ws://h',
      steps: [{ send: 'a' }, { expect: { contains: 'b' }, withinMs: 5 }, { close: { code: 4000 } }],
      proxy: 'socks5://h:1',
    },
    { url: 'ws://h', proxy: 'SOCKS5H://u:p%20@[::1]:1080/', http: 'auto', session: { shareConnection: true } },
    { url: 'ws://h', proxy: 'http://u:${secret:proxy}@p:3128', http: '2', followRedirects: true },
    {
      url: 'ws://h',
      subprotocols: ['${v}'],
      auth: { type: 'subprotocol', token: '${secret:t}' },
      expect: { subprotocol: null },
    },
  ];
  for (const profile of fine) {
    it(`takes ${JSON.stringify(profile)}`, () => {
      assert.ok(judge(profile), JSON.stringify(judge.errors));
      assert.deepEqual(
        parseProfile(JSON.stringify(profile)).problems.filter(({ code }) => code !== 'unresolved-variable'),
        [],
      );
    });
  }

  const wrong: readonly object[] = [
    {},
    { url: 'http://h' },
    { url: 'ws://h', nonsense: 1 },
    { url: 'ws://h', headers: { 'a b': 'c' } },
    { url: 'ws://h', subprotocols: ['a', 'a'] },
    { url: 'ws://h', auth: { type: 'bearer' } },
    { url: 'ws://h', auth: { type: 'bearer', token: 't', username: 'u' } },
    { url: 'ws://h', auth: { type: 'subprotocol', token: 'a b' } },
    { url: 'ws://h', expect: { budgets: { message: { percentile: 60 } } } },
    { url: 'ws://h', message: { send: { text: 'a', json: 1 } } },
    { url: 'ws://h', message: { expect: 'ehco' } },
    { url: 'ws://h', timeouts: { connectMs: 0 } },
    { url: 'ws://h', http: '3' },
    { url: 'ws://h', proxy: 'p:3128' },
    { url: 'ws://h', proxy: 'ftp://p' },
    { url: 'ws://h', proxy: 'http://p/path' },
    { url: 'ws://h', session: { shareConnection: 'yes' } },
    { url: 'ws://h', steps: [{ send: 'a', ping: {} }] },
    { url: 'ws://h', steps: [{ close: { code: 1006 } }] },
    { url: 'ws://h', environments: { e: { environments: {} } } },
  ];
  for (const profile of wrong) {
    it(`refuses ${JSON.stringify(profile)}, as the parser does`, () => {
      assert.equal(judge(profile), false);
      assert.ok(parseProfile(JSON.stringify(profile)).problems.some(({ severity }) => severity === 'error'));
    });
  }
});

describe('examples', () => {
  const names = ['', 'cookbook/'].flatMap((folder) =>
    readdirSync(new URL(`examples/${folder}`, root))
      .filter((name) => name.endsWith('.wsprobe'))
      .map((name) => folder + name),
  );
  const judge = compile(schema);
  it('are there', () => assert.ok(names.length >= 7));
  for (const name of names) {
    it(`${name} says what it shows and runs without any set-up`, () => {
      const text = read(`examples/${name}`);
      assert.match(text, /^\/\/ .{20,}\n/);
      const { file } = parseProfile(text);
      assert.ok(judge(file), JSON.stringify(judge.errors));
      for (const environment of [null, ...Object.keys(file?.environments ?? {})]) {
        const secrets = { orders: 'playground' };
        const { plan, problems } = resolveText(text, { env: {}, secrets, baseDir: null, environment });
        assert.deepEqual(problems, []);
        assert.match(plan?.url ?? '', /^wss?:\/\/127\.0\.0\.1:/);
      }
    });
  }
});

/** Steps hold steps and matches hold matches: as deep as this is enough. */
const MAX_KEYS = 7;

function* specKeys(spec: Spec, path: string): Generator<string> {
  if (path.split('.').length > MAX_KEYS) return;
  if (spec.kind === 'object') {
    for (const [name, inner] of Object.entries(spec.keys))
      yield* withInner(`${path}.${name}`, specKeys(inner, `${path}.${name}`));
  } else if (spec.kind === 'map') yield* specKeys(spec.value, `${path}.*`);
  else if (spec.kind === 'list') yield* specKeys(spec.item, `${path}[]`);
  else if (spec.kind === 'union') for (const inner of Object.values(spec.by)) yield* specKeys(inner, path);
  else if (spec.kind === 'tagged') for (const inner of Object.values(spec.variants)) yield* specKeys(inner, path);
}

function* schemaKeys(node: Schema, path: string): Generator<string> {
  if (path.split('.').length > MAX_KEYS) return;
  for (const [name, inner] of Object.entries((node['properties'] ?? {}) as Record<string, Schema>)) {
    yield* withInner(`${path}.${name}`, schemaKeys(inner, `${path}.${name}`));
  }
  const more = node['additionalProperties'];
  if (typeof more === 'object' && more !== null) yield* schemaKeys(more as Schema, `${path}.*`);
  if (node['items']) yield* schemaKeys(node['items'] as Schema, `${path}[]`);
  for (const word of ['oneOf', 'allOf', 'anyOf'])
    for (const inner of (node[word] ?? []) as Schema[]) yield* schemaKeys(inner, path);
  if (typeof node['$ref'] === 'string') yield* schemaKeys(lookUp(node['$ref']), path);
}

function* described(node: Schema, path: string): Generator<readonly [string, string]> {
  for (const [name, inner] of Object.entries((node['properties'] ?? {}) as Record<string, Schema>)) {
    const target = typeof inner['$ref'] === 'string' ? lookUp(inner['$ref']) : inner;
    yield [`${path}.${name}`, JSON.stringify(target['markdownDescription'] ?? '')];
    if (path.length < 80) yield* described(inner, `${path}.${name}`);
  }
  for (const word of ['oneOf', 'allOf', 'anyOf'])
    for (const inner of (node[word] ?? []) as Schema[]) yield* described(inner, path);
  for (const word of ['items', 'additionalProperties']) {
    if (typeof node[word] === 'object') yield* described(node[word] as Schema, `${path}.*`);
  }
}

function lookUp(ref: string): Schema {
  return ref
    .slice(2)
    .split('/')
    .reduce((at, name) => at[name] as Schema, schema);
}

function* withInner(path: string, inner: Iterable<string>): Generator<string> {
  yield path;
  yield* inner;
}
