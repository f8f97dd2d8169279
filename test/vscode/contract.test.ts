import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { HeldContract } from '../../src/protocol/acts.js';
import type { ExportedContract, LearnedFile } from '../../src/host/contract/contractCommands.js';
import { activated, rejection, startPlayground } from './support/extension.js';

interface Connected {
  readonly sessionId: string;
}

describe('a message contract', () => {
  let sessionId: string;
  let folder: string;
  let contract: string;
  const run = <T>(command: string, ...args: readonly unknown[]) =>
    vscode.commands.executeCommand<T>(`wsprobe.${command}`, ...args);
  const say = (value: unknown) => run('session.send', sessionId, { json: value });

  before(async () => {
    await activated();
    const { ws } = await startPlayground();
    ({ sessionId } = await run<Connected>('connect', `${ws}/echo`, { inspector: false }));
    for (let id = 0; id < 30; id++) await say({ type: 'order', id, state: id % 2 === 0 ? 'open' : 'done' });
    const { path } = await run<{ path: string }>('session.export', sessionId);
    folder = dirname(path);
    contract = join(folder, 'orders.contract.json');
  });

  after(async () => {
    await run('session.forget', sessionId);
    await run('playground.stop');
  });

  it('is learned from the log of a session, and of a recording', async () => {
    const learned = await run<LearnedFile>('contract.learn', sessionId, contract);
    ok(learned.messages >= 30 && learned.types >= 1);
    strictEqual(learned.path, contract);
    const { path } = await run<{ path: string }>('session.export', sessionId, join(folder, 'orders.wsrec'));
    const again = await run<LearnedFile>('contract.learn', vscode.Uri.file(path), join(folder, 'again.contract.json'));
    ok(again.messages >= learned.messages);
  });

  it('is held against the log, and finds what departs', async () => {
    const held = await run<HeldContract>('contract.check', sessionId, vscode.Uri.file(contract));
    deepStrictEqual([held.departing, held.departures], [0, []]);
    await say({ type: 'order', id: 31, state: 'lost' });
    const after = await run<HeldContract>('contract.check', sessionId, contract);
    ok(after.departing >= 1);
    const [first] = after.departures;
    deepStrictEqual([first?.type, first?.path, first?.actual], ['order', '$.state', '"lost"']);
  });

  it('is exported as a JSON Schema', async () => {
    const { path, types } = await run<ExportedContract>(
      'contract.export',
      contract,
      join(folder, 'orders.schema.json'),
    );
    ok(types >= 1);
    match(readFileSync(path, 'utf8'), /json-schema\.org/);
  });

  it('says what is wrong with what it is given', async () => {
    match((await rejection(run('contract.check', sessionId, 'orders.json'))).message, /whole path/);
    match(
      (await rejection(run('contract.check', sessionId, join(folder, 'orders.schema.json')))).message,
      /no contract/,
    );
  });
});
