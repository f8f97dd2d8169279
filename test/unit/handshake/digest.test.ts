import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { challengesOf } from '../../../src/core/handshake/challenges.js';
import { answerDigest, type DigestRequest, digestChallenge } from '../../../src/core/handshake/digest.js';

function parse(...values: string[]) {
  return challengesOf(
    values.map((value) => ['WWW-Authenticate', value] as const),
    'www-authenticate',
  );
}

function answer(challenge: string, request: Partial<DigestRequest> = {}): string {
  const chosen = digestChallenge(parse(challenge));
  assert.ok(chosen);
  const made = answerDigest(chosen, {
    username: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    ...request,
  });
  return made?.value ?? '';
}

describe('challenges', () => {
  const schemes = (...values: string[]) => parse(...values).map(({ scheme }) => scheme);

  it('reads several in one header and in several', () => {
    assert.deepEqual(schemes('Negotiate, NTLM', 'Basic realm="a, Bearer x"'), ['Negotiate', 'NTLM', 'Basic']);
    assert.deepEqual(schemes('Digest realm="a", nonce="b", Basic realm="c"'), ['Digest', 'Basic']);
    assert.deepEqual(schemes('Negotiate TlRMTVNTUAAC=='), ['Negotiate']);
    assert.deepEqual(schemes(', , Basic  realm = "x"  ,'), ['Basic']);
    assert.deepEqual(schemes('', '"only quoted"', 'realm="nobody\'s"'), []);
  });

  it('reads what quotes hold, and the first of a name', () => {
    const [digest] = parse('Digest REALM="a \\"b\\" \\\\c", nonce=bare, nonce="second", qop="auth, auth-int"');
    assert.deepEqual(
      [...(digest?.parameters ?? [])],
      [
        ['realm', 'a "b" \\c'],
        ['nonce', 'bare'],
        ['qop', 'auth, auth-int'],
      ],
    );
  });

  it('stands any text, in bounded time', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => void parse(...values)));
    for (const hostile of ['a="', 'a=', 'A ', '\\"', 'a="\\', '=']) parse(hostile.repeat(100_000));
  });
});

describe('Digest', () => {
  const rfc = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    it(`answers as RFC 7616 3.9.1 does, in ${algorithm}`, () => {
      assert.equal(
        answer(rfc(algorithm)),
        `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", algorithm=${algorithm}, response="${response}", qop=auth, nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
      );
    });
  }

  it('answers as RFC 2617 3.5 does, and as RFC 2069 where there is no qop', () => {
    const mufasa = { password: 'Circle Of Life', cnonce: '0a4f113b' };
    const old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    assert.match(
      answer(`${old}, qop="auth"`, mufasa),
      /response="6629fae49393a05397450978507c4ef1", qop=auth, nc=00000001/,
    );
    assert.match(answer(old, mufasa), /response="670fd8c2df070c60b045671b8b24ff02"$/);
  });

  it('hides the name, and speaks SHA-512/256, where the server wants that (RFC 7616 3.9.2, erratum 4897)', () => {
    const value = answer(
      'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
      {
        username: 'J\u00e4s\u00f8n Doe',
        password: 'Secret, or not?',
        uri: '/doe.json',
        cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm',
      },
    );
    assert.match(value, /username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"/);
    assert.match(value, /userhash=true/);
  });

  it('writes a name that is not ASCII as RFC 5987 has it', () => {
    const value = answer('Digest realm="r", nonce="n", qop="auth", charset=UTF-8', { username: "J\u00e4(s)'n" });
    assert.match(value, /^Digest username\*=UTF-8''J%C3%A4%28s%29%27n, /);
  });

  it('takes auth-int where nothing else is offered: there is no body', () => {
    assert.match(answer('Digest realm="r", nonce="n", qop="auth-int"'), /qop=auth-int/);
  });

  it('takes the first that it can answer', () => {
    const pick = (...values: string[]) => digestChallenge(parse(...values))?.parameters.get('nonce');
    const one = (nonce: string, more = '') => `Digest realm="r", nonce="${nonce}", qop="auth"${more}`;
    assert.equal(pick(one('a', ', algorithm=SHA-256'), one('b')), 'a');
    assert.equal(pick(one('a', ', algorithm=MD4'), one('b', ', algorithm=md5-SESS')), 'b');
    assert.equal(pick('Digest realm="r"', 'Digest nonce="a"', 'Basic realm="r"'), undefined);
    assert.equal(pick('Digest realm="r", nonce="n", qop="conf"'), undefined);
    assert.equal(pick(`Digest realm="r", nonce="${'n'.repeat(3_000)}"`), undefined);
    assert.equal(pick('Digest realm="a\r\nX: y", nonce="n"'), undefined);
  });
});
