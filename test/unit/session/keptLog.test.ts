import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { LiveSource } from '../../../src/core/session/liveSource.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { planFor } from '../../support/plan.js';

const SECRET = 'hunter22-hunter22';

describe('the kept log of a session', () => {
  let playground: Playground;
  let folder: string;
  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-kept-'));
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true });
  });

  function live(path: string) {
    let changed: () => void = () => {};
    const source = new LiveSource({
      sessionId: 'kept',
      plan: planFor(`${playground.ws}${path}`, { secrets: [SECRET], subprotocols: ['graphql-transport-ws'] }),
      vantage: { host: 'here', remote: null },
      budget: { memoryBytes: 1 << 20, diskBytes: 0 },
      spillDir: null,
      onChange: () => changed(),
    });
    const until = async (holds: () => boolean) => {
      while (!holds()) await new Promise<void>((resolve) => (changed = resolve));
    };
    return {
      source,
      until,
      send: (content: string) => source.session.send({ format: 'text', content, binary: false }),
    };
  }

  /** What the next window would find if this one died now. */
  async function found(path: string) {
    const source = await RecordedSource.open('next', path);
    const view = source.log.openView({ mode: 'messages', filter: '' });
    const rows = (await view.rows(0, 100)).map(({ preview }) => preview);
    const snapshot = source.snapshot();
    view.close();
    await source.dispose();
    return { rows, snapshot };
  }

  it('is there while the session lives, without secrets, open at its end, and gone with it', async () => {
    const path = join(folder, 'live.wsrec');
    const { source, until, send } = live('/echo');
    await source.open(null, path);
    await send(`first ${SECRET}`);
    await until(() => source.snapshot().received.messages === 1);
    await until(() => existsSync(path));
    let kept = await found(path);
    while (kept.snapshot.received.messages < 1) kept = await found(path);
    assert.equal((await readFile(path, 'utf8')).includes(SECRET), false);
    assert.equal(kept.rows.filter((text) => text.startsWith('first ')).length, 2);
    const { state, close, connections, url } = kept.snapshot;
    assert.deepEqual([state, close, connections, url], ['closed', null, 1, source.snapshot().url]);
    source.session.close(1000, 'done');
    await until(() => source.session.state === 'closed');
    while (kept.snapshot.close === null) kept = await found(path);
    assert.equal(kept.snapshot.close.code, 1000);
    await source.dispose();
    assert.equal(existsSync(path), false);
  });

  it('knows what the handshake agreed on, though it was begun before it', async () => {
    const path = join(folder, 'graphql.wsrec');
    const { source } = live('/graphql');
    await source.open(null, path);
    let kept = await found(path);
    while (kept.snapshot.connections < 1) kept = await found(path);
    assert.deepEqual(
      [kept.snapshot.subprotocol, kept.snapshot.dialect],
      ['graphql-transport-ws', 'graphql-transport-ws'],
    );
    await source.dispose();
  });

  it('lets go of what was cleared', async () => {
    const path = join(folder, 'cleared.wsrec');
    const { source, until, send } = live('/echo');
    await source.open(null, path);
    await send('before');
    await until(() => source.snapshot().received.messages === 1);
    source.session.clear();
    await send('after');
    await until(() => source.snapshot().received.messages === 2);
    let kept = await found(path);
    while (kept.snapshot.received.messages !== 1) kept = await found(path);
    assert.ok(kept.rows.includes('after'));
    assert.equal(kept.rows.includes('before'), false);
    await source.dispose();
  });

  it('that cannot be written is said in the log, and nothing else suffers', async () => {
    const { source, send, until } = live('/echo');
    await source.open(null, join(folder, 'missing', 'x.wsrec'));
    await send('on');
    await until(() => source.snapshot().received.messages === 1);
    const view = source.log.openView({ mode: 'messages', filter: '"not kept"' });
    await new Promise<void>((resolve) =>
      view.total > 0 ? resolve() : view.onDidGrow(() => view.total > 0 && resolve()),
    );
    const [row] = await view.rows(0, 1);
    assert.equal(row?.preview, 'The log is not kept for a reload: it, or its folder, is not there.');
    view.close();
    await source.dispose();
  });
});
