import { deepStrictEqual, ok } from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, closeEditors, startPlayground, type StartedPlayground, writeProfile } from './support/extension.js';

/** What `testing.runCurrentFile` returns, as far as it is looked at. */
interface TestResults {
  readonly items: readonly {
    readonly item: { readonly label: string };
    readonly ownComputedState: number;
  }[];
}

const PASSED = 3;
const FAILED = 4;
const SKIPPED = 5;
const ERRORED = 6;

describe('the Test Explorer', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));
  afterEach(closeEditors);

  it('runs the profile of the editor, with a result for each step', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    const steps = [
      { send: 'hello' },
      { expect: { contains: 'hello' } },
      { expect: { contains: 'never' }, withinMs: 50 },
      { ping: {} },
    ];
    const states = await runFile('tests.wsprobe', { url, steps });
    deepStrictEqual(states, {
      tests: FAILED,
      '1 send': PASSED,
      '2 expect': PASSED,
      '3 expect': FAILED,
      '4 ping': SKIPPED,
    });
  });

  it('tells of a profile that cannot run why, and passes it once it can', async () => {
    const wrong = await runFile('tests-wrong.wsprobe', { url: playground.ws, colour: 1 });
    deepStrictEqual(wrong, { 'tests-wrong': ERRORED });
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    deepStrictEqual(await runFile('tests-right.wsprobe', { url }), { 'tests-right': PASSED });
  });
});

/** The state of each item by its label. */
async function runFile(name: string, profile: unknown): Promise<Readonly<Record<string, number>>> {
  const uri = await writeProfile(name, profile);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  const results = await runWhenKnown();
  ok(results, 'there is a result');
  const own = results.items.filter(({ item }) => item.label !== 'WebSocket');
  return Object.fromEntries(own.map(({ item, ownComputedState }) => [item.label, ownComputedState]));
}

/** The editor's own list of tests follows ours a moment later, and tells nobody: until then it runs nothing. */
async function runWhenKnown(): Promise<TestResults | undefined> {
  let results: TestResults | undefined;
  for (let tries = 0; !results && tries < 50; tries++) {
    results = await vscode.commands.executeCommand<TestResults | undefined>('testing.runCurrentFile');
    if (!results) await new Promise((done) => setTimeout(done, 100));
  }
  return results;
}
