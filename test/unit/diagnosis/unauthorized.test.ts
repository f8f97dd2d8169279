import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { ResponseInfo } from '../../../src/core/base/model.js';
import { answer, type EvidenceParts, refusedWith } from '../../support/evidence.js';
import { assertWellFormed } from './wellFormed.js';

function refused(challenges: readonly string[], parts: EvidenceParts = {}) {
  const bare = answer(401);
  const response: ResponseInfo = { ...bare, headers: challenges.map((value) => ['WWW-Authenticate', value]) };
  const [finding, ...rest] = diagnose(refusedWith(response, parts));
  assert.ok(finding);
  assert.deepEqual([finding.id, rest], ['upgrade.unauthorized', []]);
  assertWellFormed(finding);
  return {
    title: finding.title,
    titles: finding.fixes.map((fix) => fix.title),
    fixes: finding.fixes.map(({ snippet }) => snippet).join('\n'),
  };
}

const bearer: EvidenceParts = {
  plan: { auth: { type: 'bearer', token: 'x' } },
  requestHeaders: [['Authorization', '[redacted]']],
};
const basic: EvidenceParts = {
  plan: { auth: { type: 'basic', username: 'a', password: 'b' } },
  requestHeaders: [['Authorization', '[redacted]']],
};

describe('upgrade.unauthorized', () => {
  it('asks for what the challenge asks for, where nothing was sent', () => {
    const wantsBasic = refused(['Basic realm="here"']);
    assert.match(wantsBasic.title, /none were sent/);
    assert.match(wantsBasic.fixes, /"basic"/);
    assert.doesNotMatch(wantsBasic.fixes, /bearer/);
    assert.match(refused(['Bearer realm="api"']).fixes, /"bearer"/);
    assert.match(refused([]).fixes, /"bearer"/);
  });

  it('does not say that none were sent where a header may have held one', () => {
    const named = refused([], {
      plan: { headers: [['X-Session-Id', 'abc']] },
      requestHeaders: [['X-Session-Id', 'abc']],
    });
    assert.match(named.title, /wants credentials, and no header that was sent is known for one/);
    // The profile itself calls its value a secret.
    const secret = { plan: { headers: [['X-Seat', 's3cret']] }, requestHeaders: [['X-Seat', '[redacted]']] } as const;
    assert.match(refused([], secret).title, /did not accept the credentials/);
    const plain = { plan: { headers: [['User-Agent', 'x']] }, requestHeaders: [['User-Agent', 'x']] } as const;
    assert.match(refused([], plain).title, /none were sent/);
  });

  it('takes a password where the words or the protocol speak of one', () => {
    const told = (body: string, plan: EvidenceParts['plan'] = {}) =>
      diagnose(
        refusedWith(answer(401, { 'Content-Type': 'text/plain' }, body), {
          url: 'ws://example.test/ocpp/CP%201',
          plan,
        }),
      )[0]
        ?.fixes.map(({ snippet }) => snippet)
        .join('\n') ?? '';
    assert.match(told('Unknown charger password'), /"basic".*secret:user/s);
    assert.match(told('', { subprotocols: ['ocpp1.6'] }), /"basic".*"CP 1"/s);
    assert.match(told('Password or token missing'), /"bearer"/);
    assert.match(told('session cookie missing'), /^\{\s*"cookies"/);
  });

  it('does not send again what was refused', () => {
    const { title, fixes } = refused(['Bearer error="invalid_token", error_description="The token expired"'], bearer);
    assert.match(title, /refused the token that was sent \(invalid_token: The token expired\)/);
    assert.match(fixes, /^Sign in again/);
    assert.equal(refused([], bearer).fixes, '');
    assert.match(refused([], bearer).title, /did not accept the credentials/);
  });

  it('tells a scheme that was not used', () => {
    const { title, fixes } = refused(['Basic realm="here"'], bearer);
    assert.match(title, /wants Basic, and the credentials were sent in another way/);
    assert.match(fixes, /"basic"/);
    assert.match(refused(['Bearer'], basic).title, /wants Bearer/);
    const digest = refused(['Digest realm="a", nonce="b", qop="auth"'], basic);
    assert.match(digest.title, /wants Digest, and the credentials were sent in another way/);
    assert.match(digest.fixes, /"digest"/);
    assert.match(refused(['Basic realm="a, Bearer x"'], basic).title, /did not accept/);
  });

  for (const challenges of [
    ['Digest realm="a", nonce="b", algorithm=MD4'],
    ['Negotiate', 'NTLM'],
    ['Negotiate, NTLM'],
    ['NTLM TlRMTVNTUAAC'],
  ]) {
    it(`says that wsprobe does not speak ${challenges.join(' and ')}`, () => {
      const { title, fixes } = refused(challenges, basic);
      assert.match(title, /wants (Digest \(MD4\)|Negotiate or NTLM|NTLM), which wsprobe does not speak/);
      assert.doesNotMatch(fixes, /secret/);
    });
  }

  for (const [platform, system, ticket] of [
    ['linux', 'Linux', 'kinit'],
    ['darwin', 'macOS', 'kinit'],
    ['win32', 'Windows', 'NegotiateAuthentication'],
  ] as const) {
    it(`names the way round on ${system}`, () => {
      const negotiate = refused(['Negotiate'], { platform });
      assert.ok(negotiate.fixes.includes(ticket) && negotiate.fixes.includes('wsprobe attach'));
      assert.ok(negotiate.titles.some((title) => title.startsWith(`On ${system}: `)));
      const ntlm = refused(['NTLM'], { platform });
      assert.ok(!ntlm.fixes.includes(ticket) && ntlm.fixes.includes('wsprobe attach'));
    });
  }

  it('takes the one of several that can be spoken', () => {
    const { title, fixes } = refused(['Negotiate', 'Basic realm="x"']);
    assert.match(title, /none were sent/);
    assert.match(fixes, /"basic"/);
  });

  it('stands any challenge', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 5 }), (challenges) => {
        refused(challenges, bearer);
        refused(challenges);
      }),
    );
    refused([`Basic ${'a="'.repeat(2_000)}`, 'B,'.repeat(2_000)]);
  });
});
