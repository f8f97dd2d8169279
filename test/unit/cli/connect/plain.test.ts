import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { runCli } from '../../../../src/cli/main.js';
import { UpgradeServer } from '../../../support/upgradeServer.js';
import { fakeIo } from '../fakeIo.js';

type Message = string | Uint8Array;

/** What a terminal must not see and a program must: controls, CRLF, joiners, text that a secret is part of. */
const AWKWARD = ['\u001e', 'a\r\nb', '\0\u001b[2J', '👩‍👩‍👧', '"test":true', '\u202egnp.exe', '\ufeffx', ''];

describe('wsprobe connect in a pipe', () => {
  let server: UpgradeServer;
  let messages: readonly Message[] = [];
  before(async () => {
    server = await UpgradeServer.start((visit) => {
      void visit.accept().then((client) => {
        for (const message of messages) client.send(message, { binary: typeof message !== 'string' });
        client.close(1000);
      });
    });
  });
  after(() => server.stop());

  async function read(said: readonly Message[], argv: readonly string[] = []): Promise<Buffer> {
    messages = said;
    const io = fakeIo();
    const secrets = ['--secret', 'a=true', '-H', 'X-A: ${secret:a}'];
    const exitCode = await runCli(['connect', server.url(), '--wait', 'forever', ...secrets, ...argv], io);
    assert.equal(exitCode, 0, io.err());
    return io.outBytes();
  }
  const joined = (said: readonly Message[], separator: string) =>
    Buffer.concat(said.flatMap((message) => [Buffer.from(message as string), Buffer.from(separator)]));

  it('hands on the bytes of the peer and the separator, whatever they are', async () => {
    const text = fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'binary' }));
    const some = fc.array(fc.oneof(text, fc.uint8Array({ maxLength: 300 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(some, fc.boolean(), async (said, isNull) => {
        const out = await read(said, isNull ? ['--null'] : []);
        assert.equal(out.toString('hex'), joined(said, isNull ? '\0' : '\n').toString('hex'));
      }),
      { numRuns: 30 },
    );
  });

  it('formats JSON where --pretty asks for it, and nothing else', async () => {
    const said = ['{"a":[1]}', 'no\u001bJSON', Uint8Array.of(0xff, 0)];
    const out = await read(said, ['--pretty']);
    assert.equal(out.toString('latin1'), '{\n  "a": [\n    1\n  ]\n}\nno\u001bJSON\n\u00ff\0\n');
  });
});
