import { deepStrictEqual, doesNotMatch, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { WebSocket } from 'ws';
import { authorityFolder } from '../../src/core/tap/relay/authority.js';
import { activated, closeEditors, rejection, startPlayground, type StartedPlayground } from './support/extension.js';

interface Started {
  readonly sessionId: string;
  readonly url: string;
}

describe('tapping the connections of others', () => {
  let playground: StartedPlayground;
  let tap: Started;
  const sockets: WebSocket[] = [];
  const file = join(tmpdir(), `wsprobe-tap-${process.pid}.jsonl`);
  const faultFile = join(tmpdir(), `wsprobe-tap-${process.pid}-faults.jsonc`);

  before(async () => {
    await activated();
    playground = await startPlayground();
  });
  after(async () => {
    await vscode.commands.executeCommand('wsprobe.playground.stop');
    await closeEditors();
    await Promise.all([file, faultFile].map((path) => rm(path, { force: true })));
  });
  beforeEach(async () => {
    tap = await run('start', `${playground.ws}/`, { seed: 1 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await run('stop', tap.sessionId).catch(() => undefined);
    await vscode.commands.executeCommand('wsprobe.session.forget', tap.sessionId);
  });

  const run = async <T>(name: string, ...args: readonly unknown[]): Promise<T> =>
    vscode.commands.executeCommand<T>(`wsprobe.tap.${name}`, ...args);
  const client = async (path = '/echo', headers: Record<string, string> = {}): Promise<WebSocket> => {
    const socket = new WebSocket(`${tap.url}${path}`, [], { headers });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return socket;
  };
  const next = async (socket: WebSocket) => String(((await once(socket, 'message')) as [Buffer])[0]);
  const logOf = async () => {
    await vscode.commands.executeCommand('wsprobe.session.export', tap.sessionId, file);
    return readFile(file, 'utf8');
  };
  /** What the tap has, the window hears of a moment later. */
  const asSoonAs = async <T>(act: () => Thenable<T>, notYet: RegExp): Promise<T> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        match((error as Error).message, notYet);
        await setImmediate();
      }
    }
  };
  const released = (held: number, fate: unknown) =>
    asSoonAs(() => run('release', tap.sessionId, held, fate), /does not wait/);

  it('has both directions of a real client in one log, without its credentials', async () => {
    match(tap.url, /^ws:\/\/127\.0\.0\.1:\d+$/);
    const socket = await client('/echo?token=query-secret-1', { Cookie: 'sid=cookie-secret-1' });
    socket.send('through the tap');
    strictEqual(await next(socket), 'through the tap');
    socket.send('my cookie is cookie-secret-1');
    await next(socket);
    const log = await logOf();
    match(log, /"direction":"sent"[^\n]*through the tap/);
    match(log, /"direction":"received"[^\n]*through the tap/);
    doesNotMatch(log, /secret-1/);
  });

  it('cuts a connection by a fault and says so in its log; others go on', async () => {
    const [one, two] = [await client(), await client()];
    const over = once(one, 'close');
    const cut = { do: { cut: 'rst' } };
    const added = await run('fault', { sessionId: tap.sessionId, connection: 1 }, cut);
    deepStrictEqual(added, { numbers: [1], connections: 1 });
    deepStrictEqual((await over)[0], 1006);
    const heard = next(two);
    two.send('still here');
    strictEqual(await heard, 'still here');
    match(await logOf(), /Fault 1: reset the connection to both sides/);
    const error = await rejection(run('fault', tap.sessionId, { do: { cut: 'sideways' } }));
    match(error.message, /Line 1, column \d+/);
  });

  it('has the faults of a file, and ends them', async () => {
    await writeFile(
      faultFile,
      '// nothing is as it was\n[{ "direction": "toServer", "do": { "replace": "other" } },]\n',
    );
    ok(await run('fault', tap.sessionId, faultFile));
    const socket = await client();
    const heard = next(socket);
    socket.send('said');
    strictEqual(await heard, 'other');
    ok(await run('endFault', tap.sessionId));
    ok(!(await run('endFault', tap.sessionId)));
    const again = next(socket);
    socket.send('said');
    strictEqual(await again, 'said');
    await writeFile(faultFile, '[{ "do": {} }]');
    await rejects(async () => run('fault', tap.sessionId, vscode.Uri.file(faultFile)));
  });

  it('sends messages of ours as the server and as the client', async () => {
    const socket = await client();
    const pushed = next(socket);
    const on = { sessionId: tap.sessionId, connection: 1 };
    deepStrictEqual(await run('inject', on, { as: 'server', send: { json: { price: 1 } } }), { bytes: 11 });
    strictEqual(await pushed, '{"price":1}');
    const echoed = next(socket);
    await run('inject', on, { as: 'client', send: 'in its name' });
    strictEqual(await echoed, 'in its name');
    match((await rejection(run('inject', on, { send: 'x' }))).message, /client/);
    match(await logOf(), /Sent a message of ours/);
  });

  it('holds messages that match: one goes changed, one does not go, one as it was', async () => {
    const socket = await client();
    await run('hold', tap.sessionId, { contains: 'stop', direction: 'toServer' });
    const heard: string[] = [];
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        if (heard.push(String(data)) === 3) resolve();
      }),
    );
    for (const text of ['stop 1', 'stop 2', 'stop 3', 'end']) socket.send(text);
    await released(1, 'changed');
    await released(2, 'drop');
    await released(3, 'pass');
    await all;
    deepStrictEqual(heard, ['changed', 'stop 3', 'end']);
    await run('release', tap.sessionId, 'all', 'drop');
    deepStrictEqual(await run('hold', tap.sessionId, null), []);
    match((await rejection(run('hold', tap.sessionId, { contains: 7 }))).message, /contains/);
  });

  it('makes a profile of what a client asked for', async () => {
    const socket = await client('/echo?token=query-secret-2', { 'X-Shop': 'east', 'X-Api-Key': 'header-secret-2' });
    const pushed = next(socket);
    await run('inject', { sessionId: tap.sessionId, connection: 1 }, { as: 'server', send: 'ready' });
    await pushed;
    const asked = { sessionId: tap.sessionId, connection: 1 };
    const uri = await asSoonAs(
      () => vscode.commands.executeCommand<vscode.Uri>('wsprobe.attach.probe', asked),
      /socket in the tree/,
    );
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    match(text, /"X-Shop": "east"/);
    match(text, /"X-Api-Key": "\$\{secret:x-api-key/);
    doesNotMatch(text, /secret-2/);
  });

  it('ends: what has passed is told, clients are let go of, and its log stays', async () => {
    const socket = await client();
    const heard = next(socket);
    socket.send('last words');
    await heard;
    const over = once(socket, 'close');
    const summary = await run<{ readonly connections: number }>('stop', tap.sessionId);
    strictEqual(summary.connections, 1);
    await over;
    match(await logOf(), /last words/);
    match((await rejection(run('fault', tap.sessionId, { do: { cut: 'fin' } }))).message, /not running/);
  });

  it('listens to wss by the authority of this machine where it is told to', async () => {
    // One that is there already is somebody's, and stays.
    const isOurs = !existsSync(authorityFolder());
    const secure = await run<Started>('start', `${playground.ws}/`, { tls: true });
    match(secure.url, /^wss:\/\/127\.0\.0\.1:/);
    const socket = new WebSocket(`${secure.url}/echo`, { rejectUnauthorized: false });
    sockets.push(socket);
    await once(socket, 'open');
    const heard = next(socket);
    socket.send('over TLS');
    strictEqual(await heard, 'over TLS');
    await run('stop', secure.sessionId);
    await vscode.commands.executeCommand('wsprobe.session.forget', secure.sessionId);
    if (isOurs) {
      ok(await run('forgetAuthority'));
      ok(!existsSync(authorityFolder()));
    }
  });

  it('answers from a recording while the server is down', async () => {
    const socket = await client();
    const heard = next(socket);
    socket.send('said again');
    await heard;
    const recording = join(tmpdir(), `wsprobe-tap-${process.pid}.wsrec`);
    await vscode.commands.executeCommand('wsprobe.session.export', tap.sessionId, recording);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const down = await run<Started>('start', `ws://127.0.0.1:${port}/`, { answerFrom: recording });
    try {
      const other = new WebSocket(`${down.url}/echo`);
      sockets.push(other);
      const answer = next(other);
      other.on('open', () => other.send('said again'));
      strictEqual(await answer, 'said again');
    } finally {
      await run('stop', down.sessionId);
      await vscode.commands.executeCommand('wsprobe.session.forget', down.sessionId);
      await rm(recording, { force: true });
    }
    await rejects(async () => run('start', `${playground.ws}/`, { answerFrom: '/nowhere/none.wsrec' }));
  });

  it('refuses what is no tap, and a port that is taken', async () => {
    const { port } = new URL(tap.url);
    match((await rejection(run('start', `${playground.ws}/`, { port: Number(port) }))).message, /Cannot listen/);
    match((await rejection(run('start', `${playground.ws}/`, { port: 'x' }))).message, /port/);
    match((await rejection(run('stop', 'nobody'))).message, /nobody/);
  });
});
