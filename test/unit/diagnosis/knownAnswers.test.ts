import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { ResponseInfo } from '../../../src/core/base/model.js';
import type { Evidence } from '../../../src/core/base/evidence.js';
import { headerOf, readableText } from '../../../src/core/diagnosis/facts.js';
import { recognise } from '../../../src/core/diagnosis/knownAnswer.js';
import { KNOWN, knownAnswer } from '../../../src/core/diagnosis/knownAnswers.js';
import { KNOWN_SOURCES } from '../../../src/core/diagnosis/knownSources.js';
import { answer, refusedWith } from '../../support/evidence.js';
import type { KnownRow } from './knownRow.js';
import { KNOWN_ROWS } from './knownRows.js';
import { assertWellFormed } from './wellFormed.js';

const CF = { Server: 'cloudflare', 'CF-RAY': '1' };

function answerOf({ status, reason, headers, body }: KnownRow): ResponseInfo {
  const usual = answer(status, headers, body);
  return reason === undefined ? usual : { ...usual, reason };
}

function evidenceOf(row: KnownRow, response = answerOf(row)): Evidence {
  return refusedWith(response, {
    ...(row.url !== undefined && { url: row.url }),
    requestHeaders: row.origin === undefined ? [] : [['Origin', row.origin]],
  });
}

/** Whether this one kind still takes the answer for its own. */
function takes(row: KnownRow, response: ResponseInfo): boolean {
  const known = KNOWN.find(({ id }) => id === row.id);
  assert.ok(known, row.id);
  const seen = {
    evidence: evidenceOf(row, response),
    response,
    text: readableText(response).trim(),
    header: (name: string) => headerOf(response.headers, name) ?? '',
    found: [],
  };
  return recognise(known, seen) !== null;
}

/** The same answer with one of the things that tell it taken away. */
function* bereft(row: KnownRow): Generator<readonly [what: string, response: ResponseInfo]> {
  const known = KNOWN.find(({ id }) => id === row.id);
  const response = answerOf(row);
  for (const name of Object.keys(known?.headers ?? {})) {
    const headers = response.headers.filter(([key]) => key.toLowerCase() !== name);
    yield [`without ${name}`, { ...response, headers }];
    yield [`another ${name}`, { ...response, headers: [...headers, [name, 'zzz']] }];
  }
  for (const name of known?.without ?? []) {
    yield [`with ${name}`, { ...response, headers: [...response.headers, [name, 'zzz']] }];
  }
  if (known?.status) yield ['another status', { ...response, status: 299 }];
  if (known?.empty) yield ['a body', { ...response, body: { text: 'zzz', bytes: 3, truncated: false } }];
  if (known?.body ?? known?.markup) {
    const text = response.body.text.replace(/[a-z]/gi, 'z');
    yield ['another body', { ...response, body: { ...response.body, text } }];
  }
}

describe('knownAnswers', () => {
  for (const row of KNOWN_ROWS) {
    it(`reads ${row.status} of ${row.id} as ${row.finding}, and as nothing else`, () => {
      const findings = diagnose(evidenceOf(row));
      assert.deepEqual(
        findings.map((finding) => finding.id),
        [row.finding],
      );
      assert.match(findings[0]?.title ?? '', row.title);
      assert.match(findings[0]?.evidence[0] ?? '', /^Recognised by: /);
      for (const finding of findings) assertWellFormed(finding);
    });

    it(`names nobody when what tells ${row.id} (${row.status}) is taken away`, () => {
      for (const [what, response] of bereft(row)) assert.ok(!takes(row, response), what);
    });
  }

  it('says from where each is known, and shows each in a test', () => {
    const ids = KNOWN.map(({ id }) => id).sort();
    assert.deepEqual(Object.keys(KNOWN_SOURCES).sort(), ids);
    assert.deepEqual([...new Set(KNOWN_ROWS.map(({ id }) => id))].sort(), ids);
    for (const [id, { run, read, reported }] of Object.entries(KNOWN_SOURCES)) assert.ok(run ?? read ?? reported, id);
  });

  it('says no status and quotes no word that the answer does not have', () => {
    for (const row of KNOWN_ROWS) {
      const response = answerOf(row);
      const [headline] = diagnose(evidenceOf(row));
      const all = JSON.stringify([response.status, response.reason, response.headers, response.body.text]);
      const title = headline?.title ?? '';
      for (const [code] of title.matchAll(/\b[1-5]\d\d\b/g)) assert.ok(all.includes(code), `${row.id}: ${code}`);
      for (const [, words = ''] of title.matchAll(/"([^"]+)"/g)) {
        const own = /^(path|localhost)$/.test(words);
        assert.ok(own || all.includes(words) || readableText(response).includes(words), `${row.id}: "${words}"`);
      }
    }
  });

  it('names the outermost of several, and no application where two could have said it', () => {
    const three = answer(404, { 'x-vercel-error': 'NOT_FOUND', Server: 'uvicorn' }, '{"detail":"Not Found"}');
    assert.match(knownAnswer(three, refusedWith(three))?.title ?? '', /^Vercel/);
    const two = answer(
      404,
      { 'X-Powered-By': 'Ratchet/0.4', Server: 'TornadoServer/6.2' },
      '<title>404: Not Found</title>',
    );
    assert.equal(knownAnswer(two, refusedWith(two)), null);
    const told = answer(200, { Server: 'Werkzeug/3.0 Python/3.12' }, 'Welcome to SockJS!');
    assert.match(knownAnswer(told, refusedWith(told))?.title ?? '', /SockJS endpoint/);
  });

  it('holds against bodies of any size and kind', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KNOWN_ROWS),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.nat(3),
        (row, noise, times) => {
          const response = answer(row.status, row.headers, `${row.body}${noise.repeat(10 ** times)}`.slice(0, 70_000));
          for (const finding of diagnose(evidenceOf(row, response))) assertWellFormed(finding);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('guesses nothing where the byte that tells is another', () => {
    const others: readonly [status: number, headers: Record<string, string>, body: string][] = [
      [464, {}, ''],
      [561, { Server: 'nginx' }, ''],
      [403, {}, '{"message":"Forbidden"}'],
      [403, { Server: 'uvicorn' }, 'no'],
      [404, { 'Content-Type': 'text/html' }, 'Page not found'],
      [404, {}, '{"detail":"Not Found"}'],
      [429, {}, 'Rate exceeded.'],
      [400, {}, 'Bad Request'],
      [403, CF, 'error code: 1999'],
      [404, {}, 'constructor'],
    ];
    for (const [status, headers, body] of others) {
      for (const { evidence } of diagnose(refusedWith(answer(status, headers, body))))
        assert.doesNotMatch(evidence.join('\n'), /^Recognised by/, `${status} ${body}`);
    }
  });

  it('stays well formed when answers are cut or swapped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN_ROWS), fc.constantFrom(...KNOWN_ROWS), fc.nat(200), (one, other, length) => {
        const response = answer(one.status, { ...one.headers, ...other.headers }, other.body.slice(0, length));
        const findings = diagnose(refusedWith(response));
        assert.ok(findings.length > 0);
        for (const finding of findings) assertWellFormed(finding);
      }),
    );
  });
});
