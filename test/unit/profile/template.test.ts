import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseProfile } from '../../../src/core/profile/parse.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { planFromUrl, resolveText } from '../../../src/core/profile/resolve.js';
import { profileTemplate, renderProfile } from '../../../src/core/profile/template.js';
import { escapeVariables } from '../../../src/core/base/escapeVariables.js';

describe('profileTemplate', () => {
  it('writes what is known and nothing that is a default', () => {
    assert.equal(profileTemplate({ url: 'ws://h/x' }), '{\n  "url": "ws://h/x"\n}\n');
    const { plan } = planFromUrl('ws://h/x');
    assert.ok(plan);
    assert.equal(profileTemplate(plan), '{\n  "name": "h/x",\n  "url": "ws://h/x"\n}\n');
  });

  it('writes credentials as references and gives their values apart', () => {
    const { plan } = planFromUrl('wss://h/x?tenant=acme&token=t0ken%20&echo=hunter2', {
      headers: { 'X-Api-Key': ['k-e-y-1', 'k-e-y-2'], 'X-Echo': 'before hunter2' },
      cookies: { sid: 's1s1' },
      auth: { type: 'basic', username: 'u', password: 'hunter2' },
      message: { send: { json: { password: 'hunter2', id: '${uuid}' } } },
    });
    assert.ok(plan);
    const { text, secrets } = renderProfile(plan);
    assert.doesNotMatch(text, /hunter2|t0ken|k-e-y|s1s1/);
    assert.match(text, /^\/\/ Set each secret/);
    assert.match(text, /\$\{uuid\}/);
    assert.deepEqual(Object.values(secrets).sort(), ['hunter2', 'k-e-y-1', 'k-e-y-2', 's1s1', 't0ken%20']);
    const again = resolveText(text, { env: {}, secrets, baseDir: null });
    assert.deepEqual(again.problems, []);
    assert.deepEqual({ ...again.plan, secrets: [] }, { ...plan, secrets: [] });
  });

  it('carries user info into auth', () => {
    assert.doesNotMatch(profileTemplate({ url: 'ws://u:hunter2@h/' }), /hunter2|@/);
  });

  it('writes the way to the server: a named proxy with its password by reference, not one that was found', () => {
    const proxy = 'socks5h://ann%40corp:p%40ss%2Fword@[::1]:1080';
    const { plan } = planFromUrl('wss://h/', {
      proxy,
      http: '2',
      followRedirects: true,
      session: { shareConnection: true },
    });
    assert.ok(plan);
    const { text, secrets } = renderProfile(plan);
    assert.match(text, /"proxy": "socks5:\/\/ann%40corp:\$\{secret:proxy\}@\[::1\]:1080"/);
    assert.deepEqual(secrets, { proxy: 'p%40ss%2Fword' });
    const again = resolveText(text, { env: {}, secrets, baseDir: null });
    assert.deepEqual(again.problems, []);
    assert.deepEqual(withoutSecrets(again.plan), withoutSecrets(plan));
    const env = { https_proxy: 'http://u:hunter2@p' };
    const found = planFromUrl('wss://h/', {}, { env, secrets: {}, baseDir: null });
    assert.ok(found.plan);
    assert.ok(found.plan.secrets.includes('hunter2'));
    assert.doesNotMatch(profileTemplate(found.plan), /proxy|hunter2/);
    const none = planFromUrl('wss://h/', { proxy: 'none' }, { env, secrets: {}, baseDir: null });
    assert.ok(none.plan);
    assert.ok(none.plan.secrets.includes('hunter2'));
    assert.match(profileTemplate(none.plan), /"proxy": "none"/);
  });

  it('takes no name that stands for another value, and says whose it is', () => {
    const url = 'wss://api.example.com:8443/?token=second-value';
    const stored: Record<string, string> = { token: 'first-value' };
    const isTaken = (name: string, value: string) => name in stored && stored[name] !== value;
    const { text, secrets } = renderProfile({ url }, { isTaken });
    assert.match(text, /\$\{secret:token-api\.example\.com-8443\}/);
    assert.deepEqual(secrets, { 'token-api.example.com-8443': 'second-value' });
    stored['token-api.example.com-8443'] = 'third-value';
    assert.deepEqual(renderProfile({ url }, { isTaken }).secrets, { 'token-api.example.com-8443-2': 'second-value' });
    stored['token'] = 'second-value';
    assert.deepEqual(renderProfile({ url }, { isTaken }).secrets, { token: 'second-value' });
  });

  it('keeps the references that values have', () => {
    const headers = [['X-Trace', 'id of-orders']] as const;
    const plan = { url: 'ws://h/?token=of-orders', headers, secrets: ['of-orders'] };
    const { text, secrets } = renderProfile(plan, { references: { '${secret:orders}': 'of-orders' } });
    assert.deepEqual(text.match(/secret:[\w-]+/g), ['secret:orders', 'secret:orders']);
    assert.match(text, /^\/\/ Set each secret/);
    assert.deepEqual(secrets, {});
  });

  it('gives back the same plan, whatever was in it', () => {
    const value = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => /^[\x21-\x7e]+$/.test(text) && !/[;"]/.test(text));
    const literal = value.map(escapeVariables);
    const source = fc.record(
      {
        name: literal,
        headers: fc.dictionary(
          fc.constantFrom('X-A', 'X-Token', 'x-b'),
          fc.oneof(literal, fc.array(literal, { minLength: 1, maxLength: 3 })),
        ),
        cookies: fc.dictionary(fc.constantFrom('a', 'b'), literal),
        auth: fc.oneof(
          fc.record({ type: fc.constant('bearer'), token: literal }),
          fc.record({
            type: fc.constant('apiKey'),
            name: fc.constantFrom('k', 'X-K'),
            value: literal,
            in: fc.constantFrom('header', 'query'),
          }),
        ),
        timeouts: fc.record({ connectMs: fc.integer({ min: 1, max: 9 }) }),
        compression: fc.boolean(),
        followRedirects: fc.boolean(),
        http: fc.constantFrom('1.1', '2', 'auto'),
        proxy: fc.oneof(
          fc.constantFrom('auto', 'none', 'socks4a://u@p:1', 'https://[::1]'),
          value.map((password) => `http://u:${encodeURIComponent(password)}@p`),
        ),
        message: fc.record({
          send: fc.record({
            json: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('${uuid}', '$${x}', 'y', '$')),
          }),
          samples: fc.integer({ min: 1, max: 3 }),
        }),
        expect: fc.record({
          holdMs: fc.integer({ min: 0, max: 999 }),
          budgets: fc.record({ tcp: fc.constantFrom(1, 2), upgrade: fc.constantFrom(1000, 7) }),
        }),
      },
      { requiredKeys: [] },
    );
    const query = fc.constantFrom('', '?a=1', '?token=abcd&b=2', '?b=${x}&sig=%2F%2F&c', '?=&&token=&x');
    fc.assert(
      fc.property(source, query, (keys, search) => {
        const { plan, problems } = planFromUrl(`ws://h/${escapeVariables(search)}`, keys);
        if (!plan) return assert.ok(problems.length > 0);
        const { text, secrets } = renderProfile(plan);
        assert.notEqual(parseProfile(text).file, null, text);
        const again = resolveText(text, { env: {}, secrets, baseDir: null });
        assert.deepEqual(withoutSecrets(again.plan), withoutSecrets(plan), text);
      }),
    );
  });
});

function withoutSecrets(plan: ProbePlan | null): object | null {
  return plan && { ...plan, secrets: [] };
}
