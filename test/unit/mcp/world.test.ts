import { deepStrictEqual, match, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { McpWorld } from '../../../src/mcp/world.js';
import { readToolInput } from '../../../src/core/tools/toolInput.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const call = () => ({ signal: new AbortController().signal, onProgress: () => {} });

function worldWith(idleMs?: number): McpWorld {
  return new McpWorld({
    allow: [],
    root: null,
    env: {},
    host: 'build-7',
    resolveProfile: async () => ({ plan: null, problems: [] }),
    listProfiles: async () => [],
    ...(idleMs === undefined ? {} : { idleMs }),
  });
}

describe('the world of an agent’s tools', () => {
  let sockets: WebSocket[];
  let server: UpgradeServer;
  let world: McpWorld | null = null;

  beforeEach(async () => {
    sockets = [];
    server = await UpgradeServer.start((visit) => void visit.accept().then((socket) => sockets.push(socket)));
  });
  afterEach(async () => {
    await world?.dispose();
    await server.stop();
  });

  const target = () => readToolInput('wsprobe_connect', { url: server.url() });

  it('closes a session that nobody asks for, and says so to the server', async () => {
    world = worldWith(50);
    const { sessionId, isOpen } = await world.connect(target(), call());
    strictEqual(isOpen, true);
    const [code, reason] = (await once(sockets[0]!, 'close')) as [number, Buffer];
    deepStrictEqual([code, reason.toString()], [1001, 'idle']);
    const asked = { after: null, filter: '', limit: 1 };
    await rejects(world.readRows(sessionId, asked, call()), /There is no session/);
  });

  it('waits for the first row after one, and gives what a compressed message holds', async () => {
    world = worldWith();
    const { sessionId } = await world.connect(target(), call());
    const reading = world.readRows(sessionId, { after: 1, filter: 'dir:in', limit: 10 }, call());
    sockets[0]?.send('said later, said later, said later');
    const { read, state } = await reading;
    deepStrictEqual(
      read.rows.map(({ content, direction, isHex }) => ({ content, direction, isHex })),
      [{ content: 'said later, said later, said later', direction: 'received', isHex: false }],
    );
    strictEqual(state, 'open');
  });

  it('waits no longer for who has cancelled, nor on a session that has ended', async () => {
    world = worldWith();
    const { sessionId } = await world.connect(target(), call());
    const cancelling = new AbortController();
    const reading = world.readRows(
      sessionId,
      { after: 99, filter: '', limit: 1 },
      { ...call(), signal: cancelling.signal },
    );
    cancelling.abort();
    deepStrictEqual((await reading).read.rows, []);
    sockets[0]?.close(4001, 'enough');
    const closed = await world.readRows(sessionId, { after: 1, filter: 'kind:close', limit: 5 }, call());
    match(closed.read.rows[0]?.content ?? '', /4001 enough/);
    const end = await world.close(sessionId, 1000, '');
    deepStrictEqual([end?.code, end?.initiator], [4001, 'server']);
  });

  it('lets go of its sockets', async () => {
    world = worldWith();
    await world.connect(target(), call());
    const closed = once(sockets[0]!, 'close');
    await world.dispose();
    await closed;
  });
});
