import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RanProfile } from '../../src/host/runAll.js';
import { activated, startPlayground, type StartedPlayground, UNHURRIED, writeProfile } from './support/extension.js';

describe('run all', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });
  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('gives a verdict each, or why one could not run, in the order given', async () => {
    const uris = [
      await writeProfile('all/good.wsprobe', { url: `${playground.ws}/echo`, expect: UNHURRIED }),
      await writeProfile('all/bad.wsprobe', { url: `${playground.ws}/status/502` }),
      await writeProfile('all/broken.wsprobe', { url: 'http://h/' }),
      ...(await Promise.all(
        [1, 2, 3, 4].map((at) =>
          writeProfile(`all/good-${at}.wsprobe`, { url: `${playground.ws}/echo`, expect: UNHURRIED }),
        ),
      )),
    ];
    const ran = await vscode.commands.executeCommand<readonly RanProfile[]>('wsprobe.runAll', uris);
    deepStrictEqual(
      ran.map(({ uri }) => uri.toString()),
      uris.map((uri) => uri.toString()),
    );
    deepStrictEqual(
      ran.map(({ verdict }) => verdict),
      ['healthy', 'down', null, 'healthy', 'healthy', 'healthy', 'healthy'],
    );
    match(ran[2]?.error ?? '', /broken:2:10: /);
    strictEqual(ran[1]?.error, null);
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(uris[0] ?? vscode.Uri.file('/'), '..'), { recursive: true });
  });
});
