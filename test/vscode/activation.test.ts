import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, workerCount } from './support/extension.js';

interface Contributions {
  readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
  readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
  readonly configuration: { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

describe('activation', () => {
  const extension = vscode.extensions.getExtension('wsprobe.wsprobe');

  it('starts no engine: nothing was used yet', async () => {
    await activated();
    strictEqual(workerCount(), 0);
  });

  it('gives other extensions the API of version 1', async () => {
    const api = await activated();
    strictEqual(api.apiVersion, 1);
    deepStrictEqual(Object.keys(api).sort(), ['apiVersion', 'connect', 'probe']);
  });

  it('registers every command it contributes, and contributes every one it registers', async () => {
    const { commands } = contributions();
    const registered = (await vscode.commands.getCommands(true)).filter((id) =>
      /^wsprobe\.(?!.*\.(focus|open|removeView|resetViewLocation|toggleVisibility)$)/.test(id),
    );
    for (const { command } of commands) {
      ok((await vscode.commands.getCommands(true)).includes(command), command);
    }
    const own = registered.filter(
      (id) => !/^wsprobe\.(sessions|profiles|history)\.(?!refresh|open|runAgain|delete|clear)/.test(id),
    );
    deepStrictEqual(
      own.filter((id) => !commands.some(({ command }) => command === id)),
      [],
    );
  });

  it('shows every command with a category and a title in words', () => {
    for (const { command, title, category } of contributions().commands) {
      strictEqual(category, 'WebSocket', command);
      ok(!title.includes('%') && title !== '', command);
    }
  });

  it('gives every setting a default, a description, a scope and an order', () => {
    const { properties } = contributions().configuration;
    for (const [name, property] of Object.entries(properties)) {
      for (const key of ['default', 'markdownDescription', 'scope', 'order']) {
        ok(key in property, `${name} has ${key}`);
      }
    }
    strictEqual(properties['wsprobe.allowLinkLocal']?.['scope'], 'machine');
  });

  function contributions(): Contributions {
    ok(extension);
    return (extension.packageJSON as { contributes: Contributions }).contributes;
  }
});
