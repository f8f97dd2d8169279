import assert from 'node:assert/strict';
import { parseProfile } from '../../../src/core/profile/parse.js';
import type { EnvironmentsFile, SharedEnvironments } from '../../../src/core/profile/profile.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { parseEnvironmentsFile, withSharedValues } from '../../../src/core/profile/sharedEnvironments.js';

function fileOf(value: unknown): EnvironmentsFile {
  const { file, problems } = parseEnvironmentsFile(typeof value === 'string' ? value : JSON.stringify(value));
  assert.ok(file, JSON.stringify(problems));
  return file;
}

function shared(...nearestFirst: readonly unknown[]): SharedEnvironments {
  return nearestFirst.map(fileOf);
}

function resolve(profile: unknown, environment: string | null, sharedEnvironments: SharedEnvironments) {
  const text = JSON.stringify(profile, null, 2);
  return resolveText(text, { env: {}, secrets: {}, baseDir: null, environment, sharedEnvironments });
}

describe('environments that profiles share', () => {
  const LOCAL = { local: { url: 'ws://local/', variables: { who: 'shared', where: 'here' }, origin: 'http://a' } };

  it('are as good as the own ones', () => {
    const { plan } = resolve({ url: 'ws://h/', headers: { 'X-Who': '${who}' } }, 'local', shared(LOCAL));
    assert.equal(plan?.url, 'ws://local/');
    assert.deepEqual(plan?.headers, [['X-Who', 'shared']]);
  });

  it('give way to the own ones key by key, and variable by variable', () => {
    const own = { local: { origin: 'http://own', variables: { who: 'own' } } };
    const profile = { url: 'ws://h/', headers: { 'X-Who': '${who} ${where}' }, environments: own };
    const { plan } = resolve(profile, 'local', shared(LOCAL));
    assert.deepEqual([plan?.url, plan?.origin, plan?.headers], ['ws://local/', 'http://own', [['X-Who', 'own here']]]);
    const values = withSharedValues(parseProfile(JSON.stringify(profile)).file ?? {}, shared(LOCAL)).environments?.[
      'local'
    ];
    assert.deepEqual(values, { url: 'ws://local/', origin: 'http://own', variables: { who: 'own', where: 'here' } });
  });

  it('come from several files, of which the nearest wins', () => {
    const far = { local: { url: 'ws://far/', origin: 'http://far' }, prod: { url: 'ws://prod/' } };
    const joined = shared(LOCAL, far);
    assert.equal(resolve({ url: 'ws://h/' }, 'local', joined).plan?.origin, 'http://a');
    assert.equal(resolve({ url: 'ws://h/' }, 'prod', joined).plan?.url, 'ws://prod/');
  });

  it('may give a profile its URL, and its variables', () => {
    const profile = JSON.stringify({ subprotocols: ['${where}'] });
    assert.deepEqual(parseProfile(profile, shared(LOCAL)).problems, []);
    assert.notDeepEqual(parseProfile(profile).problems, []);
    assert.equal(resolve({ subprotocols: ['${where}'] }, 'local', shared(LOCAL)).plan?.url, 'ws://local/');
  });

  it('are named where one is asked for that is not there', () => {
    const { plan, problems } = resolve({ url: 'ws://h/', environments: { own: {} } }, 'prod', shared(LOCAL));
    assert.equal(plan, null);
    assert.match(problems[0]?.message ?? '', /There is no environment `prod`: .*`local`/);
    assert.match(problems[0]?.message ?? '', /`own`/);
  });

  it('leave the places of a profile where they are', () => {
    const profile = { url: 'ws://h/', headers: { 'X-A': '${secret:missing}' } };
    const [alone, beside] = [null, 'local'].map((name) => resolve(profile, name, shared(LOCAL)).problems);
    assert.deepEqual(beside, alone);
    const broken = shared({ local: { headers: { 'X-B': '${env:MISSING}' } } });
    const [problem] = resolve({ url: 'ws://h/' }, 'local', broken).problems;
    assert.match(problem?.message ?? '', /MISSING/);
    assert.equal(problem?.line, 0);
  });

  const refused: [text: string, message: RegExp, line: number][] = [
    ['[]', /must be an object/, 0],
    ['{\n "local": { "ulr": "ws://h" } }', /ulr.*Did you mean/, 1],
    ['{\n "local": { "url": "http://h" } }', /URL starts with ws/, 1],
    ['{\n "local": { "environments": {} } }', /environments/, 1],
    ['{', /./, 0],
    ['', /empty/, 0],
    ['{ "a": '.repeat(70), /levels/, 0],
  ];
  for (const [text, message, line] of refused) {
    it(`say what is wrong with them: ${text.slice(0, 40).replaceAll('\n', ' ')}`, () => {
      const { file, problems } = parseEnvironmentsFile(text);
      assert.equal(file, null);
      assert.match(problems[0]?.message ?? '', message);
      assert.equal(problems[0]?.line, line);
    });
  }

  it('hold no way into a prototype', () => {
    const hostile = shared('{ "__proto__": { "url": "ws://evil/" }, "constructor": { "origin": "http://evil" } }');
    assert.equal(resolve({ url: 'ws://h/' }, 'constructor', hostile).plan?.origin, 'http://evil');
    assert.equal(resolve({ url: 'ws://h/' }, 'toString', hostile).plan, null);
    assert.equal(({} as { url?: string }).url, undefined);
  });
});
