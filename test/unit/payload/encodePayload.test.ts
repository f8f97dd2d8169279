import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProbeError } from '../../../src/core/base/errors.js';
import { encodePayload, type PayloadContext } from '../../../src/core/payload/encodePayload.js';
import type { Payload } from '../../../src/core/base/plan.js';

const AT: PayloadContext = {
  baseDir: null,
  seq: 7,
  now: new Date('2026-11-20T12:00:00.000Z'),
  uuid: () => 'u-1',
  variables: { id: '42' },
};

describe('encodePayload', () => {
  const rows: readonly (readonly [Payload, boolean, string])[] = [
    ['héllo', false, '68c3a96c6c6f'],
    ['', false, ''],
    [{ text: '${seq}/${uuid}/${id}' }, false, Buffer.from('7/u-1/42').toString('hex')],
    ['${now}', false, Buffer.from('2026-11-20T12:00:00.000Z').toString('hex')],
    ['$${seq}', false, Buffer.from('${seq}').toString('hex')],
    [
      { json: { b: [1, '${seq}', null], a: { k: '"${id}"' } } },
      false,
      Buffer.from('{"b":[1,"7",null],"a":{"k":"\\"42\\""}}').toString('hex'),
    ],
    [{ json: '${seq}' }, false, Buffer.from('"7"').toString('hex')],
    [{ hex: '00 Ff\n10' }, true, '00ff10'],
    [{ hex: '0${seq}' }, true, '07'],
    [{ base64: 'AAH/' }, true, '0001ff'],
    [{ base64: '_-8' }, true, 'ffef'],
    [{ text: 'say "${seq}"', wrap: 'sockjs' }, false, Buffer.from('["say \\"7\\""]').toString('hex')],
    [
      { stomp: { command: 'SEND', headers: { id: '${id}' }, body: { a: 1 } }, wrap: 'sockjs' },
      false,
      Buffer.from('["SEND\\nid:42\\n\\n{\\"a\\":1}\\u0000"]').toString('hex'),
    ],
  ];
  for (const [payload, binary, hex] of rows) {
    it(JSON.stringify(payload), async () => {
      const encoded = await encodePayload(payload, AT);
      assert.equal(encoded.binary, binary);
      assert.equal(Buffer.from(encoded.bytes).toString('hex'), hex);
    });
  }

  it('makes a new uuid for each message', async () => {
    const one = Buffer.from((await encodePayload('${uuid}', { baseDir: null })).bytes).toString();
    const two = Buffer.from((await encodePayload('${uuid}', { baseDir: null })).bytes).toString();
    assert.match(one, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.notEqual(one, two);
  });

  const failures: readonly (readonly [Payload, string, RegExp])[] = [
    ['${nothing}', 'payload-variable', /nothing/],
    ['${toString}', 'payload-variable', /toString/],
    ['${env:HOME}', 'payload-variable', /cannot be filled in/],
    [{ hex: '${uuid}' }, 'payload-encoding', /hexadecimal/],
    [{ file: 'a.json' }, 'payload-file', /no folder/],
    [{ file: '/no/such/file' }, 'payload-file', /is not there/],
    [{ file: '/' }, 'payload-file', /is a folder/],
    [{ hex: '00', wrap: 'sockjs' }, 'payload-encoding', /carries texts/],
  ];
  for (const [payload, code, message] of failures) {
    it(`${code}: ${JSON.stringify(payload)}`, async () => {
      await assert.rejects(encodePayload(payload, AT), (error) => {
        assert.ok(error instanceof ProbeError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  describe('of a file', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'wsprobe-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('reads it beside the profile, as text when it is text', async () => {
      await writeFile(join(folder, 'a.json'), '{"a": "é ${seq}"}\n');
      const { binary, bytes } = await encodePayload({ file: './a.json' }, { baseDir: folder });
      assert.equal(binary, false);
      assert.equal(Buffer.from(bytes).toString(), '{"a": "é ${seq}"}\n');
    });

    it('sends bytes that are no text as binary', async () => {
      await writeFile(join(folder, 'a.bin'), Buffer.from('0a05ff', 'hex'));
      await writeFile(join(folder, 'b.bin'), Buffer.from([0xff]));
      assert.equal((await encodePayload({ file: 'a.bin' }, { baseDir: folder })).binary, true);
      assert.equal((await encodePayload({ file: 'b.bin' }, { baseDir: folder })).binary, true);
    });

    it('does not read without end', async function () {
      if (process.platform === 'win32') return;
      await assert.rejects(encodePayload({ file: '/dev/zero' }, AT), /is no regular file/);
    });

    it('takes a reader of the caller', async () => {
      const readFile = async (path: string) => Buffer.from(path);
      const { bytes } = await encodePayload({ file: '/x/y' }, { baseDir: null, readFile });
      assert.equal(Buffer.from(bytes).toString().endsWith('y'), true);
    });
  });
});
