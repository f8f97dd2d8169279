import assert from 'node:assert/strict';
import { ProbeError } from '../../../src/core/base/errors.js';
import { encodeOutgoing } from '../../../src/core/session/outgoing.js';
import { fillReferences, type ReferenceValues } from '../../../src/core/session/references.js';
import type { OutgoingMessage } from '../../../src/core/session/snapshot.js';

const SECRETS: Readonly<Record<string, string>> = { token: 'hunter22', quoted: 'a"b${c}' };

const values: ReferenceValues = {
  secret: async (name) => {
    const value = SECRETS[name];
    if (value === undefined) throw new ProbeError('secret.missing', `no ${name}`);
    return value;
  },
  env: (name) => `of ${name}`,
};
const variables = { tenant: 'say "hi"', list: '[1,2]' };

async function sent(format: OutgoingMessage['format'], content: string): Promise<string> {
  const filled = await fillReferences({ format, content, binary: false }, values, variables);
  return Buffer.from((await encodeOutgoing(filled, { baseDir: null, variables, seq: 7 })).bytes).toString();
}

describe('references in messages', () => {
  for (const [format, content, expected] of [
    [
      'text',
      'a ${secret:token} ${env:HOME} ${tenant} ${seq} $${secret:token}',
      'a hunter22 of HOME say "hi" 7 ${secret:token}',
    ],
    ['text', '"${secret:quoted}"', '"a"b${c}"'],
    ['json', '{"a":"${secret:quoted}","b":"${tenant}"}', '{"a":"a\\"b${c}","b":"say \\"hi\\""}'],
    ['json', '{"\\"":${list},"c":"\\\\","d":${seq}}', '{"\\"":[1,2],"c":"\\\\","d":7}'],
    ['json', '{"a":"$${secret:token}"}', '{"a":"${secret:token}"}'],
  ] as const) {
    it(`of ${format} ${content} are filled in`, async () => {
      assert.equal(await sent(format, content), expected);
    });
  }

  it('that have no value, or are broken, are not sent', async () => {
    await assert.rejects(sent('text', '${secret:other}'), { code: 'secret.missing' });
    for (const content of ['${nobody}', '${secret:token', '${other:x} ${secret:token}']) {
      await assert.rejects(sent('text', content), { code: 'payload-variable' });
    }
  });

  it('are none in a path', async () => {
    const message = { format: 'file', content: '${secret:token}', binary: false } as const;
    assert.deepEqual(await fillReferences(message, values, variables), message);
  });
});
