import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Replay } from '../../src/core/tap/replay/replay.js';
import { activated, probe, rejection, startPlayground, writeProfile } from './support/extension.js';

interface Connected {
  readonly sessionId: string;
}

const SAID = [
  '{"type":"connection_init"}',
  '{"id":"a1","type":"subscribe","payload":{"query":"subscription { orders }"}}',
];

describe('a recording', () => {
  let graphql: string;
  let recording: string;

  before(async () => {
    await activated();
    const playground = await startPlayground();
    graphql = `${playground.ws}/graphql`;
    const steps = SAID.map((send) => ({ send }));
    const profile = await writeProfile('replayed.wsprobe', {
      url: graphql,
      subprotocols: ['graphql-transport-ws'],
      steps,
    });
    const { sessionId } = await vscode.commands.executeCommand<Connected>('wsprobe.connect', profile, {
      inspector: false,
    });
    for (const text of SAID) await vscode.commands.executeCommand('wsprobe.session.send', sessionId, text);
    await vscode.commands.executeCommand('wsprobe.session.close', sessionId);
    const { path } = await vscode.commands.executeCommand<{ path: string }>('wsprobe.session.export', sessionId);
    recording = path;
    await vscode.commands.executeCommand('wsprobe.session.forget', sessionId);
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  const replay = (target: string, options?: unknown) =>
    vscode.commands.executeCommand<Replay>('wsprobe.replay', recording, target, options);

  it('is replayed to its server, and the record given to who calls', async () => {
    const { replays, schema: ofAll } = await vscode.commands.executeCommand<{ replays: Replay[]; schema: string }>(
      'wsprobe.replay',
      recording,
      graphql,
      { connection: 'all' },
    );
    deepStrictEqual([ofAll, replays.map(({ sent }) => sent)], ['wsprobe.replays/1', [2]]);
    const { connected, schema, sent } = await replay(graphql);
    deepStrictEqual([schema, connected, sent], ['wsprobe.replay/1', true, 2]);
    match((await rejection(replay(graphql, { pace: 'slow' }))).message, /pace/);
    match((await rejection(replay(graphql, { connection: 9 }))).message, /no connection 9/);
  });

  it('is served by a mock until that is stopped', async () => {
    const { url } = await vscode.commands.executeCommand<{ url: string }>('wsprobe.mock.start', recording, { port: 0 });
    const { differences, same } = await replay(url);
    deepStrictEqual(differences, []);
    strictEqual(same, true);
    strictEqual(await vscode.commands.executeCommand('wsprobe.mock.stop', url), true);
    strictEqual(await vscode.commands.executeCommand('wsprobe.mock.stop', url), false);
    strictEqual((await probe(url)).verdict, 'down');
  });

  it('needs a whole path, and a port that there is', async () => {
    match((await rejection(vscode.commands.executeCommand('wsprobe.mock.start', 'a.wsrec', {}))).message, /whole path/);
    const started = vscode.commands.executeCommand('wsprobe.mock.start', recording, { port: -1 });
    match((await rejection(started)).message, /port/);
  });
});
