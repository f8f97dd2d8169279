import assert from 'node:assert/strict';
import { type CheckContext, checkProfile } from '../../../src/core/profile/check.js';
import { resolveText } from '../../../src/core/profile/resolve.js';

const CONTEXT: CheckContext = { env: { HOST: 'example.test', BAD: 'a b' }, secretNames: ['known'], baseDir: null };

/** As `line:character message`. */
function check(text: string, context: Partial<CheckContext> = {}): readonly string[] {
  return checkProfile(text, { ...CONTEXT, ...context }).map(
    ({ line, character, message }) => `${line}:${character} ${message}`,
  );
}

describe('checking a profile as it would run', () => {
  it('has nothing to say of one that is right, whatever its secrets are worth', () => {
    assert.deepEqual(check('{ "url": "wss://${env:HOST}/${secret:known}", "origin": "${secret:known}" }'), []);
  });

  for (const [title, text] of [
    ['an unknown key', '{ "url": "ws://h", "heaters": {} }'],
    ['an expression that is none', '{ "url": "ws://h", "message": { "send": "x", "expect": { "matches": "(" } } }'],
    ['an environment variable without a value', '{ "url": "ws://${env:NOPE}/" }'],
    ['a value of the environment that may not stand there', '{ "url": "ws://h", "subprotocols": ["${env:BAD}"] }'],
    ['a secret without a value', '{ "url": "ws://h", "headers": { "X": "${secret:none}" } }'],
    ['two conflicting keys', '{ "url": "ws://h", "tls": { "cert": "c.pem" } }'],
    ['syntax', '{ "url" }'],
  ] as const) {
    it(`tells ${title} as a run tells it`, () => {
      const run = resolveText(text, { ...CONTEXT, secrets: { known: 'x' } }).problems;
      assert.equal(run.length, 1);
      assert.deepEqual(checkProfile(text, CONTEXT), run);
    });
  }

  it('judges the chosen environment with its values, and the others by their shape', () => {
    const text = `{
  "url": "ws://\${host}/",
  "environments": {
    "a": { "variables": { "host": "\${env:NOPE}" } },
    "b": { "variables": { "host": "h" }, "colour": 1 }
  }
}`;
    const shape = '4:41 `environments.b.colour` is not a key of a profile.';
    assert.deepEqual(check(text), [shape]);
    assert.deepEqual(check(text.replace(', "colour": 1', ''), { environment: 'a' }), [
      '3:35 The environment variable `NOPE` is not set.',
    ]);
    assert.deepEqual(check(text.replace(', "colour": 1', ''), { environment: 'b' }), []);
    assert.deepEqual(check(text.replace(', "colour": 1', ''), { environment: 'c' }), [
      '1:15 ${host} has no value in the environment `c`.',
      '2:2 There is no environment `c`: the profile has `a`, `b`.',
    ]);
  });

  it('is bounded', () => {
    assert.match(check(`{ "url": "${'x'.repeat(1_100_000)}" }`).join(), /at most 1 MiB/);
    assert.match(check('['.repeat(100_000)).join(), /at most 64 levels/);
  });
});
