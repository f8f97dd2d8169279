import assert from 'node:assert/strict';
import type { Step } from '../../../src/core/base/step.js';
import { ByteServer, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment } from '../../support/experiments.js';
import { planFor } from '../../support/plan.js';

const SECRET = 'canary-of-greeting';

describe('what a profile says before an experiment', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  /** Numbers come to who has subscribed, who can once the server has said hello. */
  const serve = async () => {
    const said: string[] = [];
    const server = await ByteServer.start({
      onOpen: (socket) => socket.write(serverFrame(1, '{"type":"hello"}')),
      onFrame: ({ opcode, payload }, socket) => {
        const text = Buffer.from(payload).toString();
        if (opcode === 8) socket.end();
        if (opcode !== 1) return;
        said.push(text);
        if (text !== 'subscribe') return;
        for (const n of [1, 2, 4]) socket.write(serverFrame(1, `{"n":${n}}`));
        socket.write(closeFrame(1000));
      },
    });
    cleanups.push(() => server.stop());
    return { url: server.url(), said };
  };
  const settings = { jsonPath: '$.n', forMs: 5_000 };
  const expecting = (type: string): readonly Step[] => [
    { expect: { jsonPath: '$.type', equals: type }, withinMs: 200 },
    { send: 'subscribe' },
  ];

  it('is its message, sent once', async () => {
    const { said, url } = await serve();
    const message = { send: 'subscribe', expect: 'any', samples: 3 } as const;
    const record = await experiment('sequence', url, settings, { message });
    assert.deepEqual([record.numbers['numbered'], record.numbers['missing']], [3, 1], record.conclusion);
    assert.deepEqual(said, ['subscribe']);
  });

  it('is its steps, in order', async () => {
    const { url } = await serve();
    const record = await experiment('sequence', url, settings, { steps: expecting('hello') });
    assert.deepEqual([record.numbers['numbered'], record.numbers['missing']], [3, 1], record.conclusion);
  });

  it('fails the experiment where it fails on every connection, and tells no secret', async () => {
    const { url } = await serve();
    const steps = expecting(SECRET);
    const record = await experiment('sequence', url, settings, { steps, secrets: [SECRET] });
    assert.equal(record.verdict, 'fail');
    assert.match(record.conclusion, /^What the profile says first failed on every connection: /);
    assert.equal(record.runs[0]?.error?.code, 'step.failed');
    assert.doesNotMatch(JSON.stringify(record), /canary/);
  });

  it('is that of one client: several are refused before anything is sent', async () => {
    const { url } = await serve();
    const clients = [{ name: 'alice', plan: planFor(url) }];
    await assert.rejects(experiment('sequence', url, settings, { clients }), /one client, and the profile has several/);
  });
});
