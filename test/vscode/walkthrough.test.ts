import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FixOutcome } from '../../src/host/fixes/applyFix.js';
import { activated, closeEditors } from './support/extension.js';

interface Step {
  readonly id: string;
  readonly media: { readonly markdown: string };
  readonly description: string;
  readonly completionEvents: readonly string[];
}

describe('the walkthrough', () => {
  before(activated);
  after(async () => {
    await vscode.commands.executeCommand('wsprobe.playground.stop');
    await closeEditors();
  });

  const text = async (name: string) => {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.path.endsWith(`/${name}`));
    ok(document, name);
    return document;
  };

  it('has steps that complete by themselves, with pictures that are there and nothing from elsewhere', async () => {
    const extension = vscode.extensions.getExtension('wsprobe.wsprobe');
    ok(extension);
    const { commands, walkthroughs } = (extension.packageJSON as { contributes: Record<string, unknown> })
      .contributes as { commands: readonly { command: string }[]; walkthroughs: readonly { steps: readonly Step[] }[] };
    const ids = commands.map(({ command }) => command);
    const steps = walkthroughs.flatMap((one) => one.steps);
    strictEqual(steps.length, 5);
    for (const { id, media, description, completionEvents } of steps) {
      strictEqual(completionEvents.length, 1, id);
      const named = /\(command:([\w.]+)\)/.exec(description)?.[1] ?? '';
      ok(ids.includes(named), `${id}: ${named}`);
      const page = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension.extensionUri, media.markdown));
      ok(!/https?:/.test(new TextDecoder().decode(page)), id);
    }
  });

  it('shows a failure, mends it, talks and tests, with the playground that it starts', async () => {
    await vscode.commands.executeCommand('wsprobe.walkthrough.failure');
    const profile = await text('first.wsprobe');
    match(profile.getText(), /"wss:/);
    const { before, after } = await vscode.commands.executeCommand<FixOutcome>('wsprobe.applyFix', profile.uri, {});
    deepStrictEqual([before, after], ['down', 'healthy']);
    match(profile.getText(), /"ws:.*\n}/);
    await vscode.commands.executeCommand('wsprobe.walkthrough.talk');
    await vscode.commands.executeCommand('wsprobe.walkthrough.test');
    match((await text('echo-test.wsprobe')).getText(), /"steps"/);
  });
});
