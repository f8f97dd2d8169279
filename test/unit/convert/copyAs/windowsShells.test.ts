import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toCurl, toWscat } from '../../../../src/core/convert/copyAs.js';
import { cmdWord } from '../../../../src/core/convert/copyAs/cmdWord.js';
import { powershellWord } from '../../../../src/core/convert/copyAs/powershellWord.js';
import type { Piece } from '../../../../src/core/convert/copyAs/words.js';
import { planFor } from '../../../support/plan.js';
import { cmdLine, powershellArgs, runtimeArgs, throughBatchFile } from './windowsShells.js';

const nasty = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '!',
  ' ',
  '%',
  '^',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
  ';',
  ',',
  '@',
  '#',
  '{',
  '}',
];
const hidden = ['\n', '\r', '\t', '\u001b', '\u202e', '\u{e0041}', '\u2018', '\u2019', '\u201c', '\u201d', '\u201e'];
const words = ['%PATH%', '$(x)', '${env:X}', '--a.b', '-x:y', 'é', '""', '\\"', '\\\\', '10'];
const textOf = (units: readonly string[]) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text.replaceAll('\0', '')).toString()),
    fc.array(fc.constantFrom(...units), { maxLength: 12 }).map((parts) => parts.join('')),
  );
const any = textOf([...nasty, ...hidden, ...words]);
/** What cmd can pass at all. */
const visible = any.map((text) => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ''));
const literal = (text: string): Piece[] => [{ literal: text }];

describe('an argument for PowerShell', () => {
  it('comes out as it went in, and nothing in it hides', () => {
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 8 }), (values) => {
        const line = values.map((value) => powershellWord(literal(value), [])).join(' ');
        assert.deepEqual(powershellArgs(line, {}), values);
        assert.doesNotMatch(line, /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the value of a variable as it is', () => {
    fc.assert(
      fc.property(any, any, any, (before, secret, after) => {
        const word = powershellWord([{ literal: before }, { env: 'SECRET' }, { literal: after }], []);
        assert.deepEqual(powershellArgs(word, { SECRET: secret }), [before + secret + after]);
      }),
      { numRuns: 500 },
    );
  });

  it('says what versions before 7.3 make something else of', () => {
    for (const [text, isNoted] of [
      ['plain', false],
      ['{"a":1}', true],
      ['ends with \\', true],
      ['', true],
      ["it's", false],
    ] as const) {
      const notes: string[] = [];
      powershellWord(literal(text), notes);
      assert.equal(notes.length, isNoted ? 1 : 0, text);
    }
  });
});

describe('an argument for cmd', () => {
  const env = { PATH: 'C:\\', X: 'x', '': 'nothing' };

  it('comes out of the C runtime as it went in, also through a .cmd file', () => {
    fc.assert(
      fc.property(fc.array(visible, { minLength: 1, maxLength: 8 }), (values) => {
        const line = cmdLine(`tool ${values.map((value) => cmdWord(literal(value), [])).join(' ')}`, env);
        assert.deepEqual(runtimeArgs(line), values);
        assert.deepEqual(runtimeArgs(throughBatchFile(line)), values);
      }),
      { numRuns: 1000 },
    );
  });

  it('puts the value of a variable in, and says what breaks that', () => {
    // No secret is empty.
    const secret = visible.filter((text) => text !== '' && !/["%]/.test(text) && !text.endsWith('\\'));
    fc.assert(
      fc.property(visible, secret, visible, (before, value, after) => {
        const notes: string[] = [];
        const word = cmdWord([{ literal: before }, { env: 'SECRET' }, { literal: after }], notes);
        fc.pre(!/^[\\]*["%]/.test(after) || !value.endsWith('\\'));
        assert.deepEqual(runtimeArgs(cmdLine(`tool ${word}`, { ...env, SECRET: value })), [before + value + after]);
        assert.equal(notes.length, 1);
      }),
      { numRuns: 500 },
    );
  });

  it('has a space in the place of what cmd cannot pass, and a note', () => {
    const notes: string[] = [];
    const line = cmdLine(`tool ${cmdWord(literal('a\nb\u001bc\td'), notes)}`, {});
    assert.deepEqual(runtimeArgs(line), ['a b c d']);
    assert.equal(notes.length, 1);
  });
});

describe('commands for the shells of Windows', () => {
  const secrets = { orders: "s3cr3t/+'$x" };
  const plan = planFor('wss://127.0.0.1:8443/orders?a=%20b&list[]=1', {
    headers: [
      ['X-Tenant', `it's "50%" & more`],
      ['X-Token', secrets.orders],
    ],
    secrets: [secrets.orders],
  });
  const env = { WSPROBE_SECRET_ORDERS: secrets.orders };
  const message = { text: '{"a": "1 & 2"}' };

  for (const [name, write] of [
    ['curl', toCurl],
    ['wscat', toWscat],
  ] as const) {
    it(`${name} gets the same arguments in both`, () => {
      const inPowershell = write(plan, { secrets, message, shell: 'powershell' }).text;
      const inCmd = write(plan, { secrets, message, shell: 'cmd' }).text;
      const [program, ...args] = powershellArgs(inPowershell, env);
      assert.equal(program, name === 'curl' ? 'curl.exe' : 'wscat');
      assert.deepEqual(runtimeArgs(cmdLine(inCmd, env)), args);
      assert.ok(args.includes(`X-Tenant: it's "50%" & more`));
      assert.ok(args.includes(`X-Token: ${secrets.orders}`));
      assert.equal(args.includes(message.text), name === 'wscat');
      assert.equal(`${inPowershell}${inCmd}`.includes(secrets.orders), false);
    });
  }
});
