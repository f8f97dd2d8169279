import assert from 'node:assert/strict';
import { destinations, profileNeeds } from '../../../src/core/profile/destinations.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { resolveProfile } from '../../../src/core/profile/resolve.js';

const AUTH = {
  type: 'oauth2',
  tokenUrl: 'https://login.example.com/token',
  clientId: 'cli',
  clientSecret: '${secret:cs}',
};
const textOf = (auth: object) => JSON.stringify({ url: 'wss://api.example.com/', auth: { ...AUTH, ...auth } });
const CONTEXT = { env: {}, baseDir: null };

describe('auth: oauth2 in a profile', () => {
  it('leads to the token endpoint too, so that its secret is asked about for that host', () => {
    const text = textOf({ tokenUrl: 'https://login.example.com:8443/token' });
    assert.deepEqual(profileNeeds(text, CONTEXT).hosts, ['api.example.com', 'login.example.com:8443']);
    const { file } = parseProfile(text);
    const { plan } = file ? resolveProfile(file, text, { ...CONTEXT, secrets: { cs: 'a b/secret' } }) : { plan: null };
    assert.ok(plan);
    assert.deepEqual(destinations(plan), ['api.example.com', 'login.example.com:8443']);
    for (const secret of ['a b/secret', 'a+b%2Fsecret', Buffer.from('cli:a+b%2Fsecret').toString('base64')]) {
      assert.ok(plan.secrets.includes(secret), secret);
    }
  });

  const PROBLEMS: [auth: object, words: RegExp][] = [
    [{ tokenUrl: 'http://login.example.com/token' }, /must be https:/],
    [{ tokenUrl: 'http://127.0.0.2/token' }, /must be https:/],
    [{ tokenUrl: 'login.example.com/token' }, /must be an https/],
    [{ tokenUrl: 'https://me:pass@login.example.com/' }, /no user info/],
    [{ tokenUrl: 'https://login.example.com/#x' }, /no fragment/],
    [{ scope: 'a  b' }, /one blank between/],
    [{ scope: 'a"b' }, /RFC 6749 3\.3/],
    [{ audience: 'x' }, /audience/],
    [{ clientSecret: undefined }, /clientSecret/],
  ];
  for (const [auth, words] of PROBLEMS) {
    it(`has a problem with ${JSON.stringify(auth)}`, () => {
      const { problems } = parseProfile(textOf(auth));
      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.match(problems[0]?.message ?? '', words);
    });
  }

  for (const auth of [
    { tokenUrl: 'http://localhost:9/t' },
    { tokenUrl: 'http://[::1]:9/t' },
    { tokenUrl: '${env:TOKEN_URL}' },
    { scope: 'a b' },
  ]) {
    it(`takes ${JSON.stringify(auth)}`, () => assert.deepEqual(parseProfile(textOf(auth)).problems, []));
  }

  it('is the one source of Authorization', () => {
    const text = JSON.stringify({ url: 'wss://api.example.com/', auth: AUTH, headers: { authorization: 'x' } });
    assert.match(parseProfile(text).problems[0]?.message ?? '', /keep one of the two/);
  });
});
