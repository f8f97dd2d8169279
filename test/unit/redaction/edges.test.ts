import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Redactor } from '../../../src/core/redaction/redactor.js';

const SECRET = 'p&ss/wörd "1"\\x-hunter2';
const spellings: readonly (readonly [string, string])[] = [
  ['plain', SECRET],
  ['encodeURIComponent', encodeURIComponent(SECRET)],
  ['JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['ASCII JSON', JSON.stringify(SECRET).slice(1, -1).replace('ö', '\\u00f6')],
  ['base64', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
  ['hexadecimal', Buffer.from(SECRET).toString('hex')],
];

describe('Redactor.beginning and ending', () => {
  const redactor = new Redactor([SECRET, 'x1']);
  for (const [name, spelling] of spellings) {
    const bytes = Buffer.from(spelling);
    it(`know a part of a secret at the edge, ${name}`, () => {
      for (let at = 1; at < bytes.length; at++) {
        const before = Buffer.concat([Buffer.from('{"a": '), bytes.subarray(0, at)]);
        const after = Buffer.concat([bytes.subarray(at), Buffer.from(' }')]);
        assert.ok(redactor.beginning(before, 1) >= at, `beginning of ${at}: ${redactor.beginning(before, 1)}`);
        // A pattern may end short of the value's last, shared base64 digit.
        if (bytes.length - at > 1) assert.ok(redactor.ending(after, 1) >= bytes.length - at, `ending at ${at}`);
      }
    });
  }

  it('are looked for before every ellipsis: what was cut before it was redacted tells no beginning', () => {
    for (const [name, spelling] of spellings) {
      for (let at = 4; at < spelling.length; at++) {
        const told = redactor.text(`result ${spelling.slice(0, at)}… 12 more, then ${spelling.slice(0, at)}…`);
        assert.equal(told.includes(spelling.slice(0, 4)), false, `${name} at ${at}: ${told}`);
        assert.match(told, /^result.*… 12 more, then.*…$/);
      }
    }
    const plain = 'One moment… and ws://127.0.0.1/… are no secrets…';
    assert.equal(redactor.text(plain), plain);
  });

  it('leaves other text alone', () => {
    for (const text of ['', 'nothing here!', 'p&', 'a [redacted] b,']) {
      assert.equal(redactor.beginning(Buffer.from(text)), 0, text);
    }
    assert.equal(redactor.ending(Buffer.from('nothing here')), 0);
    assert.equal(new Redactor([]).beginning(Buffer.from('p&ss')), 0);
    assert.equal(new Redactor([]).ending(Buffer.from('ter2')), 0);
  });

  it('knows a beginning that is longer than an expression may be deep', () => {
    const long = Array.from({ length: 400 }, (_, index) => index.toString(36)).join('-');
    const known = new Redactor([long]);
    assert.equal(known.beginning(Buffer.from(`<${long.slice(0, 700)}`)), 700);
    assert.equal(known.ending(Buffer.from(`${long.slice(-700)}>`)), 700);
  });
});

describe('Redactor and what no reader sees', () => {
  const invisible = [
    '\u200b',
    '\u2065',
    '\u0000',
    '\u202e',
    '\ufeff',
    '\u00ad',
    '\u0085',
    '\u{e0041}',
    '\\u200d',
    '\\\\u001b',
  ];
  const unseen = fc.array(fc.constantFrom(...invisible), { minLength: 1, maxLength: 3 }).map((list) => list.join(''));
  const strip = (text: string) =>
    text.replace(/\\+u(200d|001b)/g, '').replace(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
  const secret = 'hunter2-wörd';
  const redactor = new Redactor([secret]);

  it('takes a secret out although invisible characters part it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: secret.length - 1 }), unseen)), (holes) => {
        let text = secret;
        for (const [at, hole] of holes.toSorted(([a], [b]) => b - a)) text = text.slice(0, at) + hole + text.slice(at);
        assert.equal(redactor.text(`\u200b<${text}>\u200b`), '\u200b<[redacted]>\u200b');
        const bytes = Buffer.from(redactor.bytes(Buffer.from(`\u200b<${text}>`)));
        assert.equal(bytes.length, Buffer.byteLength(`\u200b<${text}>`));
        assert.match(bytes.toString(), /^\u200b<\*+>$/);
        assert.doesNotMatch(strip(bytes.toString()), /hunter2/);
      }),
    );
  });

  it('knows every invisible character in UTF-8 too', () => {
    for (let code = 0; code < 0x11_0000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      if (!/(?![\t\n\r])[\p{Cc}\p{Cf}]/u.test(character)) continue;
      const bytes = Buffer.from(redactor.bytes(Buffer.from(`hunter${character}2-wörd`)));
      assert.match(bytes.toString(), /^\*+$/, code.toString(16));
    }
  });

  it('keeps what is seen between two secrets', () => {
    assert.equal(redactor.text('hunter2\u200b-wörd and hun\u200bter2-wörd'), '[redacted] and [redacted]');
    assert.equal(redactor.text('a\u200bb'), 'a\u200bb');
    const bytes = Buffer.from('a\u0000b');
    assert.equal(redactor.bytes(bytes), bytes);
  });
});
