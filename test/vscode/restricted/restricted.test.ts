import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report } from '../../../src/core/base/model.js';
import { type ProfileFixParts, ProfileFixes } from '../../../src/host/fixes/profileFixes.js';
import { ProbeTarget } from '../../../src/host/target/probeTarget.js';
import { activated, isHealthy, probe, rejection, until, writeProfile } from '../support/extension.js';

describe('in Restricted Mode', () => {
  before(activated);

  it('is not trusted', () => {
    strictEqual(vscode.workspace.isTrusted, false);
  });

  it('runs no profile of the workspace', async () => {
    const file = await writeProfile('untrusted.wsprobe', { url: 'ws://127.0.0.1:9/' });
    const { message } = await rejection(probe(file));
    match(message, /Restricted Mode/);
  });

  it('runs none for a language model either', async () => {
    await writeProfile('untrusted.wsprobe', { url: 'ws://127.0.0.1:9/' });
    await vscode.commands.executeCommand('wsprobe.profiles.refresh');
    const input = { profile: 'untrusted.wsprobe' };
    const { content } = await vscode.lm.invokeTool('wsprobe_probe', { input, toolInvocationToken: undefined });
    const [part] = content;
    ok(part instanceof vscode.LanguageModelTextPart);
    match(part.value, /Restricted Mode/);
  });

  it('watches, taps and mocks no file of the workspace, replays none, and runs no experiment on one', async () => {
    const file = await writeProfile('untrusted.wsprobe', { url: 'ws://127.0.0.1:9/' });
    for (const args of [
      ['wsprobe.watch.start', file],
      ['wsprobe.lab.run', 'closes', file],
      ['wsprobe.replay', file, 'ws://127.0.0.1:9/'],
      ['wsprobe.mock.start', file, {}],
      ['wsprobe.tap.start', file, {}],
      ['wsprobe.tap.start', 'ws://127.0.0.1:1/', { answerFrom: file.fsPath }],
      ['wsprobe.runAll', [file]],
    ] as const) {
      const [command, ...rest] = args;
      match((await rejection(vscode.commands.executeCommand(command, ...rest))).message, /Restricted Mode/);
    }
  });

  it('puts no fix into one', async () => {
    const file = await writeProfile('untrusted-fix.wsprobe', { url: 'wss://127.0.0.1:9/' });
    const subject = new ProbeTarget({ kind: 'file', uri: file });
    const fix = { title: 'f', language: 'json', snippet: '{}', change: [{ path: ['http'], value: '2' }] };
    const report = { verdict: 'down', findings: [{ id: 'a.b', fixes: [fix] }], url: 'wss://127.0.0.1:9/' };
    subject.run.restore(report as unknown as Report);
    const asked: unknown[] = [];
    const note = (...args: unknown[]) => Promise.reject(new Error(String(asked.push(args))));
    const fixes = new ProfileFixes({ engine: { request: note }, run: note } as unknown as ProfileFixParts);
    const choice = { finding: 'a.b', title: 'f' };
    for (const use of [() => fixes.apply(subject, choice), () => fixes.tryOnce(subject, choice)]) {
      match((await rejection(use())).message, /Restricted Mode/);
    }
    deepStrictEqual(asked, []);
  });

  it('still edits them', async () => {
    const file = await writeProfile('untrusted.wsprobe', { url: 'ws://127.0.0.1:9/' });
    const document = await vscode.workspace.openTextDocument(file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    ok(lenses.length > 0);
  });

  it('still completes, explains and mends them', async () => {
    const text = '{\n  "url": "ws://${host}/",\n  "variables": { "host": "h" },\n  "heaters": {}\n}';
    const document = await vscode.workspace.openTextDocument(await writeProfile('untrusted-language.wsprobe', text));
    await vscode.window.showTextDocument(document);
    const at = new vscode.Position(1, 18);
    const completions = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at,
    );
    ok(completions.items.some(({ label }) => label === 'host'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    ok(
      hovers.some(({ contents }) =>
        contents.some((one) => typeof one === 'object' && one.value.includes('`host`: `h`')),
      ),
    );
    const problem = await until([vscode.languages.onDidChangeDiagnostics], () =>
      vscode.languages.getDiagnostics(document.uri).find(({ message }) => message.includes('heaters')),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
    );
    ok(actions.some(({ title }) => title === 'Change to "headers"'));
  });

  it('connects to no profile, and copies none', async () => {
    const file = await writeProfile('untrusted.wsprobe', { url: 'ws://127.0.0.1:9/' });
    match((await rejection(connect(file))).message, /Restricted Mode/);
    match((await rejection(vscode.commands.executeCommand('wsprobe.copyAs', file, 'curl'))).message, /Restricted Mode/);
  });

  it('probes and connects to a URL that a person typed', async () => {
    const playground = await vscode.commands.executeCommand<{ ws: string }>('wsprobe.playground.start', { port: 0 });
    try {
      const report = await probe(`${playground.ws.replace(/\/$/, '')}/echo`);
      isHealthy(report);
      const { sessionId } = await connect(`${playground.ws.replace(/\/$/, '')}/echo`);
      deepStrictEqual(await vscode.commands.executeCommand('wsprobe.session.send', sessionId, 'hi'), { bytes: 2 });
    } finally {
      await vscode.commands.executeCommand('wsprobe.playground.stop');
    }
  });

  function connect(target: unknown): Thenable<{ readonly sessionId: string }> {
    return vscode.commands.executeCommand('wsprobe.connect', target, { inspector: false });
  }
});
