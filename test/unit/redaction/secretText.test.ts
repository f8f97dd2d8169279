import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { SecretText } from '../../../src/core/redaction/secretText.js';

describe('texts that may be shown', () => {
  const secrets = new SecretText({ token: 'hunter22' }, ['hunter22', 'unnamed-cookie', 'x']);
  const restored = (text: string) =>
    text.replace(/\$\{secret:([^}]*)\}/g, (whole, name: string) => secrets.valueOf(name) ?? whole);

  it('name each secret in the place of its value', () => {
    const hidden = secrets.hideDeep({ token: 'Bearer hunter22', deep: ['unnamed-cookie', 7, null] });
    assert.deepEqual(hidden, {
      token: 'Bearer ${secret:token}',
      deep: ['${secret:credential-2}', 7, null],
    });
    assert.equal(secrets.valueOf('credential-2'), 'unnamed-cookie');
    assert.equal(secrets.valueOf('other'), undefined);
  });

  it('come back as they were', () => {
    const pieces = fc.array(fc.constantFrom('hunter22', 'hunter', '22', 'unnamed-cookie', ' ', 'é', '$'));
    fc.assert(
      fc.property(pieces, (chosen) => {
        const text = chosen.join('');
        const hidden = secrets.hide(text);
        return !hidden.includes('hunter22') && restored(hidden) === text;
      }),
    );
  });

  it('of which none is secret stay', () => {
    assert.equal(new SecretText({}, []).hide('a ${uuid}'), 'a ${uuid}');
  });
});
