import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { orderFindings } from '../../../src/core/diagnosis/diagnose.js';
import { differentialFindings } from '../../../src/core/diagnosis/differentialFindings.js';
import type { Differential, Variation } from '../../../src/core/base/model.js';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { answer, refusedWith } from '../../support/evidence.js';
import { planFor } from '../../support/plan.js';
import { route } from './routeCases.js';
import { assertWellFormed } from './wellFormed.js';

const variation = (id: string, passed: boolean): Variation => ({
  id,
  change: `changed: ${id}`,
  passed,
  outcome: passed ? '101 Switching Protocols' : '403 Forbidden',
  durationMs: 12,
});

const curedBy = (id: string): Differential => ({
  variations: [variation('no-subprotocol', false), variation(id, true)],
  cure: id,
  stopped: null,
});

const plan = planFor('wss://example.test/chat?room=1', {
  origin: 'https://elsewhere.test',
  unusedProxy: { route: route(), because: 'NO_PROXY lists it' },
});

// [id of the change that cures, layer, words of the title, words of the first fix]
const CURES: readonly (readonly [id: string, layer: string, title: RegExp, fix: RegExp])[] = [
  ['no-compression', 'handshake', /without compression/, /"compression": false/],
  ['no-subprotocol', 'handshake', /without a subprotocol/, /"subprotocols": \[\]/],
  ['no-origin', 'application', /without an Origin header/, /Take "origin" out/],
  ['own-origin', 'application', /with the origin of the server itself/, /"origin": "https:\/\/example\.test"/],
  ['no-header:X-Tenant', 'application', /without the header X-Tenant/, /Take "X-Tenant" in "headers" out/],
  ['no-auth', 'application', /without credentials/, /Take "auth" out/],
  ['ipv4', 'network', /over IPv4/, /getent ahostsv4 example\.test/],
  ['ipv6', 'network', /over IPv6/, /getent ahostsv4 example\.test/],
  ['direct', 'proxy', /without the proxy/, /"proxy": "none"/],
  ['proxy', 'proxy', /through the proxy/, /"proxy": "http:\/\/proxy\.corp\.test:3128"/],
  ['http1', 'handshake', /over HTTP\/1\.1/, /"http": "1\.1"/],
  ['http2', 'handshake', /over HTTP\/2/, /"http": "2"/],
  ['slash', 'application', /with a slash/, /example\.test\/chat\/\?room=1/],
  ['no-slash', 'application', /without the slash/, /"url"/],
  ['host:localhost:9222', 'application', /with Host: localhost:9222/, /"Host": "localhost:9222"/],
  ['sni:app.test', 'tls', /asking for app\.test in TLS/, /"serverName": "app\.test"/],
  ['path:/socket.io/?EIO=4', 'application', /at the path \/socket\.io/, /example\.test\/socket\.io\/\?room=1&EIO=4/],
  ['subprotocol:mqtt', 'handshake', /offering the subprotocol mqtt/, /"mqtt"/],
  ['lower-case', 'handshake', /names of headers in lower case/, /without regard to case/],
  ['title-case', 'handshake', /title case \(Sec-Websocket-Key\)/, /without regard to case/],
  ['with-cookie', 'application', /with the cookies/, /Set-Cookie/],
  ['ws:443', 'tls', /on port 443/, /"url": "ws:\/\/example\.test:443\/chat/],
  ['ws', 'tls', /over ws/, /"url": "ws:\/\/example\.test\/chat/],
  ['wss', 'tls', /over wss/, /"url": "wss:\/\/example\.test\/chat/],
];

describe('differentialFindings', () => {
  for (const [id, layer, title, fix] of CURES) {
    it(`differential.cured by ${id}`, () => {
      const findings = differentialFindings(curedBy(id), plan);
      const [cured] = findings;
      assert.equal(cured?.id, 'differential.cured');
      assert.equal(cured.layer, layer);
      assert.match(cured.title, title);
      assert.match(cured.fixes[0]?.snippet ?? '', fix);
      assert.equal(findings[1]?.id, id === 'no-compression' ? 'compression.incompatible' : undefined);
      for (const finding of findings) assertWellFormed(finding);
    });
  }

  it('says what was tried in the order tried, and what came of it', () => {
    const [cured] = differentialFindings(curedBy('http1'), plan);
    assert.deepEqual(cured?.evidence, [
      'The change: changed: http1',
      'changed: no-subprotocol: failed (12 ms): 403 Forbidden',
      'changed: http1: passed (12 ms): 101 Switching Protocols',
    ]);
  });

  it('differential.not-cured when none passed, and says when the run was stopped', () => {
    const run = {
      variations: [variation('ipv4', false), variation('http2', false)],
      cure: null,
      stopped: '60 s were over',
    };
    const [finding, ...rest] = differentialFindings(run, plan);
    assert.deepEqual([finding?.id, finding?.severity, rest.length], ['differential.not-cured', 'info', 0]);
    assert.match(
      finding?.title ?? '',
      /^None of the 2 single changes tried makes the handshake pass, and the run was stopped early\.$/,
    );
    assert.match(finding?.evidence.at(-1) ?? '', /60 s were over/);
  });

  it('claims no more than was changed', () => {
    const [cured] = differentialFindings(
      {
        variations: [{ ...variation('ws', true), change: 'Over ws, without TLS, and so without auth' }],
        cure: 'ws',
        stopped: null,
      },
      plan,
    );
    assert.doesNotMatch(cured?.explanation ?? '', /Everything else/);
    assert.match(cured?.evidence[0] ?? '', /and so without auth/);
  });

  it('speaks of the connection where that is what broke, and offers what helps there alone', () => {
    const told = (stage: 'handshake' | 'hold') => differentialFindings(curedBy('no-compression'), plan, stage);
    const takeover = (stage: 'handshake' | 'hold') =>
      told(stage)[1]?.fixes.some(({ snippet }) => snippet.includes('serverNoContextTakeover'));
    assert.match(told('hold')[0]?.title ?? '', /: the connection holds without compression\.$/);
    assert.match(told('handshake')[0]?.title ?? '', /: the handshake passes without compression\.$/);
    assert.deepEqual([takeover('hold'), takeover('handshake')], [true, false]);
    assert.ok(told('hold')[1]?.evidence.includes('changed: no-compression: passed (12 ms): 101 Switching Protocols'));
    const [lost] = differentialFindings({ ...curedBy('ipv4'), cure: null }, plan, 'hold');
    assert.match(lost?.title ?? '', /makes the connection hold\.$/);
  });

  it('says nothing when nothing was tried', () => {
    assert.deepEqual(differentialFindings({ variations: [], cure: null, stopped: 'Cancelled.' }, plan), []);
  });

  it('stands before every other error, and not-cured behind them', () => {
    const seen = diagnose(refusedWith(answer(403, { Date: 'now' })));
    const ids = (differential: Differential) =>
      orderFindings([...seen, ...differentialFindings(differential, plan)]).map(({ id }) => id);
    assert.deepEqual(ids(curedBy('no-compression')), [
      'differential.cured',
      'compression.incompatible',
      'upgrade.forbidden',
    ]);
    assert.deepEqual(ids({ ...curedBy('ipv4'), cure: null }), ['upgrade.forbidden', 'differential.not-cured']);
  });

  it('tells no secret of the plan', () => {
    const secret = 'c4n4ry-secret';
    const holding = planFor(`wss://${secret}.test/${secret}?a=${secret}`, {
      origin: `https://${secret}.test`,
      secrets: [secret],
    });
    for (const [id] of CURES) {
      const run = {
        variations: [{ ...variation(id, true), change: secret, outcome: secret }],
        cure: id,
        stopped: secret,
      };
      assert.doesNotMatch(JSON.stringify(differentialFindings(run, holding)), /c4n4ry/);
    }
  });

  it('stays well-formed whatever the run says', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('\u001b[31m', '\u202e', '__proto__'),
    );
    const ids = fc.oneof(
      text,
      text.map((name) => `no-header:${name}`),
      fc.constantFrom(...CURES.map(([id]) => id)),
    );
    fc.assert(
      fc.property(ids, text, text, fc.boolean(), (id, change, outcome, cured) => {
        const run = {
          variations: [{ ...variation(id, cured), change, outcome }],
          cure: cured ? id : null,
          stopped: outcome,
        };
        for (const finding of differentialFindings(run, plan)) assertWellFormed({ ...finding, severity: 'info' });
      }),
    );
  });
});
