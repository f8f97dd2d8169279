import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../media/${name}`, import.meta.url), 'utf8')) as Rule;

interface Rule {
  readonly [key: string]: unknown;
}

function* rules(value: unknown): Generator<Rule> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Rule;
  for (const inner of Object.values(value)) yield* rules(inner);
}

describe('grammar', () => {
  const grammar = read('wsprobe.tmLanguage.json');

  it('includes only what it has', () => {
    const known = Object.keys(grammar['repository'] as Rule);
    const included = [...rules(grammar)].flatMap(({ include }) =>
      typeof include === 'string' ? [include.slice(1)] : [],
    );
    assert.deepEqual(
      included.filter((name) => !known.includes(name)),
      [],
    );
    assert.deepEqual(
      known.filter((name) => !included.includes(name)),
      [],
    );
  });

  it('tells the kinds of variables apart', () => {
    const [escaped, variable] = ((grammar['repository'] as Rule)['variable'] as { patterns: { match: string }[] })
      .patterns;
    assert.match('$${', new RegExp(`^${escaped?.match}$`));
    const groups = (text: string) => new RegExp(`^${variable?.match}$`).exec(text)?.slice(2, 5);
    assert.deepEqual(groups('${tenant}'), [undefined, undefined, 'tenant']);
    assert.deepEqual(groups('${env:HOME}'), ['env', ':', 'HOME']);
    assert.deepEqual(groups('${secret:api-key}'), ['secret', ':', 'api-key']);
  });
});

describe('language configuration', () => {
  const configuration = read('language-configuration.json');

  it('indents behind what opens, and not behind a comment', () => {
    const { increaseIndentPattern, decreaseIndentPattern } = configuration['indentationRules'] as Record<
      string,
      string
    >;
    const increase = new RegExp(increaseIndentPattern ?? '');
    for (const line of ['{', '  "headers": {', '"a": [ // list']) assert.match(line, increase);
    for (const line of ['// {', '"a": {}', '"a": "{"']) assert.doesNotMatch(line, increase);
    assert.match('  },', new RegExp(decreaseIndentPattern ?? ''));
  });
});
