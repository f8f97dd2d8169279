import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FixOutcome } from '../../src/host/fixes/applyFix.js';
import {
  activated,
  probe,
  rejection,
  startPlayground,
  type StartedPlayground,
  writeProfile,
} from './support/extension.js';

const HIDDEN = { inspector: false };

describe('fixes of a report', () => {
  let playground: StartedPlayground;
  const apply = (target: unknown, options: object) =>
    vscode.commands.executeCommand<FixOutcome>('wsprobe.applyFix', target, { ...HIDDEN, ...options });
  /** An address that is wrong in one thing: nobody speaks TLS there. */
  const wrong = () => `${playground.ws.replace(/^ws:/, 'wss:').replace(/\/$/, '')}/echo`;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });
  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('is put into the profile with everything else as it was, and the run after it is healthy', async () => {
    const text = (url: string) => `{\n  // where to\n  "url": "${url}", // the shop\n  "compression": true,\n}\n`;
    const file = await writeProfile('fix-apply.wsprobe', text(wrong()));
    strictEqual((await probe(file)).verdict, 'down');
    const outcome = await apply(file, { title: 'Connect without TLS (profile)' });
    deepStrictEqual([outcome.before, outcome.after], ['down', 'healthy']);
    const document = await vscode.workspace.openTextDocument(file);
    strictEqual(document.getText(), text(wrong().replace('wss:', 'ws:')));
    strictEqual(document.isDirty, false);
  });

  it('is tried once, and the profile stays as it is', async () => {
    const file = await writeProfile('fix-try.wsprobe', { url: wrong() });
    await probe(file);
    const outcome = await apply(file, { once: true, title: 'Connect without TLS (profile)' });
    deepStrictEqual([outcome.before, outcome.after], ['down', 'healthy']);
    match((await vscode.workspace.openTextDocument(file)).getText(), /"wss:/);
    strictEqual((await probe(file)).verdict, 'down');
  });

  it('is tried where there is only a URL', async () => {
    await probe(wrong());
    const outcome = await apply(wrong(), {});
    strictEqual(outcome.after, 'healthy');
    strictEqual(outcome.report?.url, wrong().replace('wss:', 'ws:'));
  });

  it('saves no change of the person along, and uses it', async () => {
    const file = await writeProfile('fix-dirty.wsprobe', { url: wrong() });
    await probe(file);
    const document = await vscode.workspace.openTextDocument(file);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(file, new vscode.Position(1, 2), '"compression": false, ');
    ok(await vscode.workspace.applyEdit(edit));
    const outcome = await apply(file, { title: 'Connect without TLS (profile)' });
    strictEqual(outcome.report?.compression.offered, null);
    strictEqual(document.isDirty, true);
    await document.save();
  });

  it('says why there is none', async () => {
    const file = await writeProfile('fix-none.wsprobe', { url: `${playground.ws}/echo` });
    match((await rejection(apply(file, {}))).message, /no report/);
    await probe(file);
    match((await rejection(apply(file, {}))).message, /no such fix/);
  });

  it('stands in the lightbulb of the profile', async () => {
    const file = await writeProfile('fix-bulb.wsprobe', { url: wrong() });
    await probe(file);
    const document = await vscode.workspace.openTextDocument(file);
    const at = new vscode.Range(document.positionAt(6), document.positionAt(6));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      file,
      at,
    );
    const action = actions.find(({ title }) => title.includes('Connect without TLS'));
    strictEqual(action?.command?.command, 'wsprobe.applyFix', JSON.stringify(actions.map(({ title }) => title)));
    const [target, options] = action.command.arguments ?? [];
    await vscode.commands.executeCommand('wsprobe.applyFix', target, { ...options, ...HIDDEN });
    match(document.getText(), /"ws:/);
  });
});
