import assert from 'node:assert/strict';
import { isSecretEnvValue } from '../../../src/core/profile/envSecret.js';
import { resolveText } from '../../../src/core/profile/resolve.js';

const secrets = [
  'hunter2-and-more',
  'sk_live_51H8xyz',
  'correct-horse-battery',
  'AbCdEfGh',
  '/9j4AAQ/SkZJRg==',
  'QWxhZGRpbg==',
];
const words = [
  'short',
  '1234567',
  'production',
  'production-eu-1',
  'localhost',
  'Development',
  'wss://api.example.com/socket',
  'api.example.com',
  'api.staging.example.com:8443',
  '192.168.100.200',
  '[2001:db8::7]:443',
  '1234567890',
  '/etc/ssl/certs/ca.pem',
  'C:\\certs\\client.pem',
  'undefined',
];

describe('the value of an environment variable', () => {
  for (const value of secrets) it(`is a secret: ${value}`, () => assert.equal(isSecretEnvValue(value), true));
  for (const value of words) it(`is none: ${value}`, () => assert.equal(isSecretEnvValue(value), false));

  it('is secret wherever a profile uses it, by way of a variable too', () => {
    const value = 'hunter2-and-more';
    const env = { TOKEN: value, HOST: 'api.example.com' };
    const places = [
      { headers: { 'X-Whatever': 'a ${env:TOKEN}' } },
      { message: { send: { json: { a: '${env:TOKEN}' } }, expect: 'any' } },
      { messages: [{ name: 'hello', send: '${env:TOKEN}' }] },
      { variables: { t: '${env:TOKEN}' }, subprotocols: ['v1', '${t}'] },
      { variables: { unused: '${env:TOKEN}' } },
    ];
    for (const place of places) {
      const text = JSON.stringify({ url: 'wss://${env:HOST}/', ...place });
      const { plan, problems } = resolveText(text, { env, secrets: {}, baseDir: null });
      assert.deepEqual(plan?.secrets, [value], `${text} ${JSON.stringify(problems)}`);
    }
  });
});
