import assert from 'node:assert/strict';
import { ByteServer, type ByteScript, closeFrame, serverFrame } from '../../support/byteServer.js';
import { experiment } from '../../support/experiments.js';

const polite: ByteScript = {
  onFrame: ({ opcode }, socket) => {
    if (opcode === 8) socket.end(closeFrame(1000));
  },
};
const SECRET = 'canary-of-backend-';

describe('lab sticky', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  /** Two backends in turn, unless `keep` says where a client belongs by its cookie. */
  const serve = async (
    script: (backend: number, isNew: boolean) => ByteScript,
    keep: (cookie: string) => number | null = () => null,
  ) => {
    const server: ByteServer = await ByteServer.start((connection) => {
      const cookie = /^cookie: *(.*)$/im.exec(server.heads[connection] ?? '')?.[1] ?? '';
      const kept = keep(cookie);
      return { ...polite, ...script(kept ?? connection % 2, cookie === '') };
    });
    cleanups.push(() => server.stop());
    return server.url();
  };
  const settings = { connections: 8 };

  it('fails where connections reach several backends and no cookie is set, and tells the shares', async () => {
    const url = await serve((backend) => ({ headers: [`X-Served-By: pod-${backend}`] }));
    const record = await experiment('sticky', url, settings);
    assert.equal(record.verdict, 'fail', record.conclusion);
    const { backends, backendsWithCookie, largestSharePercent } = record.numbers;
    assert.deepEqual([backends, largestSharePercent, backendsWithCookie], [2, 50, null]);
    assert.equal(record.findings[0]?.id, 'lab.not-sticky');
    assert.match(record.findings[0]?.evidence.join('\n') ?? '', /4 of 8 reached pod-1 \(x-served-by\)/);
  });

  it('reads the backend out of the first message, by the path that is given or a name that tells', async () => {
    const url = await serve((backend) => ({
      onOpen: (socket) => socket.write(serverFrame(1, JSON.stringify({ server_id: 's', at: { node: backend } }))),
    }));
    assert.equal((await experiment('sticky', url, { ...settings, jsonPath: '$.at.node' })).numbers['backends'], 2);
    const named = await experiment('sticky', url, settings);
    assert.deepEqual([named.verdict, named.numbers['backends']], ['pass', 1], named.conclusion);
    assert.match(named.conclusion, /there is one, or the address decides/);
  });

  const cookieOf = (backend: number) => `Set-Cookie: SERVERID=${SECRET}${backend}; Path=/`;
  const byCookie = (cookie: string) => (cookie.includes(SECRET) ? Number(cookie.at(-1)) : null);

  it('passes where the cookie keeps a client at its backend, and tells no value of it', async () => {
    const url = await serve(
      (backend, isNew) => ({ headers: isNew ? [cookieOf(backend), `X-Pod: p${backend}`] : [`X-Pod: p${backend}`] }),
      byCookie,
    );
    const record = await experiment('sticky', url, settings);
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.deepEqual([record.numbers['backends'], record.numbers['backendsWithCookie']], [2, 1]);
    assert.deepEqual(record.connections, { opened: 16, failed: 0 });
    assert.doesNotMatch(JSON.stringify(record), /canary/);
  });

  it('fails where the cookie keeps nobody, told apart by the cookie alone', async () => {
    const url = await serve((backend) => ({ headers: [cookieOf(backend)] }));
    const record = await experiment('sticky', url, settings, { timeouts: { messageMs: 100 } });
    assert.equal(record.verdict, 'fail', record.conclusion);
    assert.match(record.conclusion, /^Even with the cookies of the first \(SERVERID\) 2 backends were reached/);
    assert.doesNotMatch(JSON.stringify(record), /canary/);
  });

  it('tells no value of a header that holds a secret by its name', async () => {
    const url = await serve((backend) => ({ headers: [`X-Session-Token: ${SECRET}${backend}`] }));
    const record = await experiment('sticky', url, { ...settings, responseHeader: 'X-Session-Token' });
    assert.equal(record.numbers['backends'], 2);
    assert.doesNotMatch(JSON.stringify(record), /canary/);
  });

  it('says how a backend could be told where none is', async () => {
    const url = await serve(() => ({}));
    const overrides = { timeouts: { messageMs: 50 } };
    const record = await experiment('sticky', url, { connections: 2 }, overrides);
    assert.equal(record.verdict, 'warn');
    assert.match(record.conclusion, /--response-header.*--json-path/);
    const named = await experiment('sticky', url, { connections: 2, responseHeader: 'X-No' }, overrides);
    assert.match(named.conclusion, /the answer has no header X-No/);
  });
});
