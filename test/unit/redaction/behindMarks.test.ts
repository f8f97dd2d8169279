import { strictEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { behindMarks, unmarked } from '../../../src/core/redaction/behindMarks.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';

const SECRETS = ['hunter2-long', 'another-secret'];

describe('what stands behind the marks of a redacted text', () => {
  const redactor = new Redactor(SECRETS);
  const edited = (text: string, edit: (shown: string) => string) => {
    const hidden = behindMarks(text, redactor.text(text));
    return hidden && unmarked(edit(redactor.text(text)), hidden);
  };

  it('comes back where a text is edited around it', () => {
    const text = '{"user":"ada","password":"hunter2-long","next":"another-secret"}';
    strictEqual(
      edited(text, (shown) => shown.replace('ada', 'bob')),
      text.replace('ada', 'bob'),
    );
    strictEqual(
      edited(text, (shown) => shown.replace('[redacted]', '')),
      null,
      'one mark is gone',
    );
    strictEqual(
      edited('none here', (shown) => shown.toUpperCase()),
      'NONE HERE',
    );
    strictEqual(
      edited('hunter2-longanother-secret', (shown) => shown),
      null,
      'nobody knows where the one ends',
    );
  });

  it('is the text again, or nothing, whatever the text is', () => {
    const piece = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...SECRETS, '[redacted]', '…'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const same = edited(text, (shown) => shown);
        return same === null || same === text;
      }),
    );
  });
});
