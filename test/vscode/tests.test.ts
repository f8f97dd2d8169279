import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { WebSocketServer } from 'ws';
import {
  activated,
  closeEditors,
  folderUri,
  startPlayground,
  type StartedPlayground,
  until,
  writeProfile,
} from './support/extension.js';

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

  it('debugs: the session stands at the step that failed, and runs up to a step from its lens', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    const steps = [{ send: 'a' }, { expect: { contains: 'b' }, withinMs: 50 }, { ping: {} }];
    const uri = await writeProfile('tests-debug.wsprobe', { url, steps });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    strictEqual((await lensTitles(uri)).filter((title) => title.includes('Run to Here')).length, 0);
    const states = statesOf(await whenKnown('testing.debugCurrentFile'));
    deepStrictEqual(states, { 'tests-debug': FAILED, '1 send': PASSED, '2 expect': FAILED, '3 ping': SKIPPED });
    const { rows } = await lensRun(uri, 1);
    deepStrictEqual(
      rows.map(({ status }) => status),
      ['ok'],
    );
  });

  it('leaves the failed step in Problems until the text is another one', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    const steps = [{ send: 'a' }, { expect: { contains: 'b' }, withinMs: 50 }];
    const uri = await writeProfile('tests-problem.wsprobe', { url, steps });
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await whenKnown('testing.runCurrentFile');
    const ofRun = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'WebSocket run');
    deepStrictEqual(
      ofRun().map(({ range, message }) => [range.start.line, message.split(':')[0]]),
      [[6, 'expect contains "b"']],
    );
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), ' '));
    deepStrictEqual(ofRun(), []);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('tells nothing of a file without problems while somebody types in it', async () => {
    const code = await vscode.workspace.openTextDocument({ language: 'plaintext', content: 'a' });
    const editor = await vscode.window.showTextDocument(code);
    const collection = vscode.languages.createDiagnosticCollection('test');
    const other = vscode.Uri.joinPath(folderUri(), 'other.txt');
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        told.push(...uris.map(String));
        if (!told.includes(other.toString())) return;
        listening.dispose();
        resolve();
      });
      const last = [new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), 'the last one')];
      const type = (edit: vscode.TextEditorEdit) => edit.insert(new vscode.Position(0, 0), '// ');
      void editor.edit(type).then(() => collection.set(other, last));
    });
    collection.dispose();
    deepStrictEqual(told, [other.toString()]);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('runs what was read before it changed, and what is there the next time', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    // A file of its own each time this is tried.
    const { port } = server.address() as AddressInfo;
    const [file, name] = [`tests-changes-${port}.wsprobe`, `tests-changes-${port}`];
    const text = { url: `ws://127.0.0.1:${port}/`, expect: { holdMs: 400 } };
    try {
      const uri = await writeProfile(file, { ...text, steps: [{ ping: {} }] });
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      const first = statesOf(await whenKnown('testing.runCurrentFile'));
      deepStrictEqual(first, { [name]: PASSED, '1 ping': PASSED });
      const begun = once(server, 'connection');
      const running = whenKnown('testing.runCurrentFile');
      await begun;
      await writeProfile(file, { ...text, steps: [{ wait: 1 }, { ping: {} }] });
      deepStrictEqual(statesOf(await running), first);
      // What the editor shows is what runs.
      await until([vscode.workspace.onDidChangeTextDocument], () => document.getText().includes('wait') || undefined);
      const next = statesOf(await whenKnown('testing.runCurrentFile'));
      deepStrictEqual(next, { [name]: PASSED, '1 wait': PASSED, '2 ping': PASSED });
    } finally {
      server.close();
    }
  });

  it('tells of a file that is too long, too deep, or asks for an environment that is not there', async () => {
    const long = `{ "url": "ws://127.0.0.1:1/", "name": "${'x'.repeat(1_200_000)}" }`;
    deepStrictEqual(await runFile('tests-long.wsprobe', long), { 'tests-long': ERRORED });
    const deep = `{ "url": "ws://127.0.0.1:1/", "message": ${'['.repeat(1000)}${']'.repeat(1000)} }`;
    deepStrictEqual(await runFile('tests-deep.wsprobe', deep), { 'tests-deep': ERRORED });
    const uri = await writeProfile('tests-environment.wsprobe', { url: playground.ws, environments: { up: {} } });
    await vscode.commands.executeCommand('wsprobe.selectEnvironment', uri, 'up');
    deepStrictEqual(await runFile('tests-environment.wsprobe', { url: playground.ws }), {
      'tests-environment': ERRORED,
    });
  });

  it('lists 500 profiles and reads none of them before it must', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `many/p${index}.wsprobe`);
    await Promise.all(names.map((name) => writeProfile(name, { url: 'ws://127.0.0.1:1/' })));
    await vscode.commands.executeCommand('wsprobe.profiles.refresh');
    const tasks = await vscode.tasks.fetchTasks({ type: 'wsprobe' });
    strictEqual(tasks.filter(({ name }) => name.startsWith('many/')).length, 500);
    const states = await runFile('many/p7.wsprobe', { url: playground.ws });
    ok('p7' in states);
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folderUri(), 'many'), { recursive: true });
    await vscode.commands.executeCommand('wsprobe.profiles.refresh');
  });

  it('keeps two profiles of one name apart', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    await writeProfile('one/tests-same.wsprobe', { url: 'ws://127.0.0.1:1/' });
    deepStrictEqual(await runFile('one/tests-same.wsprobe', { url: 'ws://127.0.0.1:1/' }), { 'tests-same': FAILED });
    deepStrictEqual(await runFile('two/tests-same.wsprobe', { url }), { 'tests-same': PASSED });
  });
});

async function lensRun(uri: vscode.Uri, step: number): Promise<{ rows: readonly { readonly status: string }[] }> {
  const lenses = await lensesOf(uri);
  const here = lenses.filter(({ command }) => command?.title.includes('Run to Here'))[step - 1]?.command;
  ok(here, 'a session is open');
  return { rows: await vscode.commands.executeCommand(here.command, ...(here.arguments ?? [])) };
}

async function lensTitles(uri: vscode.Uri): Promise<readonly string[]> {
  return (await lensesOf(uri)).map(({ command }) => command?.title ?? '');
}

function lensesOf(uri: vscode.Uri): Thenable<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 20);
}

/** The state of each item by its label. */
async function runFile(name: string, profile: unknown): Promise<Readonly<Record<string, number>>> {
  const uri = await writeProfile(name, profile);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  return statesOf(await whenKnown('testing.runCurrentFile'));
}

function statesOf(results: TestResults | undefined): Readonly<Record<string, number>> {
  ok(results, 'there is a result');
  const own = results.items.filter(({ item }) => item.label !== 'WebSocket');
  return Object.fromEntries(own.map(({ item, ownComputedState }) => [item.label, ownComputedState]));
}

/** The editor's own list of tests follows ours a moment later, and tells nobody: until then it runs nothing. */
async function whenKnown(command: string): Promise<TestResults | undefined> {
  let results: TestResults | undefined;
  for (let tries = 0; !results && tries < 50; tries++) {
    results = await vscode.commands.executeCommand<TestResults | undefined>(command);
    if (!results) await new Promise((done) => setTimeout(done, 100));
  }
  return results;
}
