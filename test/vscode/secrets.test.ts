import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { Environments } from '../../src/host/environments.js';
import { Secrets } from '../../src/host/secrets.js';
import { MemoryMemento, MemorySecrets } from './support/memory.js';
import {
  activated,
  probe,
  rejection,
  startPlayground,
  type StartedPlayground,
  writeProfile,
} from './support/extension.js';

const SECRET = 'tok-4f1d9c27e8b3';

describe('secrets', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('are set by name and value without a question, and reach the server but not the report', async () => {
    strictEqual(await vscode.commands.executeCommand('wsprobe.setSecret', 'suite', SECRET), 'suite');
    const report = await probe({
      url: `${playground.ws.replace(/\/$/, '')}/echo?token=\${secret:suite}`,
      headers: { 'X-Custom': '${secret:suite}' },
      auth: { type: 'bearer', token: '${secret:suite}' },
      message: { send: '${secret:suite}', expect: 'echo', samples: 1 },
    });
    strictEqual(report.verdict, 'healthy', JSON.stringify(report.findings));
    const text = JSON.stringify(report);
    ok(!text.includes(SECRET));
    ok(!text.includes(Buffer.from(SECRET).toString('base64')));
    ok(text.includes('[redacted]'));
  });

  it('that have no value are named in the error, with the command that sets them', async () => {
    const file = await writeProfile('secret.wsprobe', { url: 'ws://127.0.0.1:1/?t=${secret:nowhere}' });
    const { message } = await rejection(probe(file));
    ok(message.includes('nowhere'));
  });

  it('are listed by name, overwritten and deleted', async () => {
    const secrets = new Secrets({ secrets: new MemorySecrets(), globalState: new MemoryMemento() });
    await secrets.set('b', '1');
    await secrets.set('a', '2');
    await secrets.set('b', '3');
    deepStrictEqual(secrets.names(), ['a', 'b']);
    deepStrictEqual(await secrets.resolve(['a', 'b', 'c']), { a: '2', b: '3', c: undefined });
    await secrets.delete('b');
    deepStrictEqual(secrets.names(), ['a']);
    strictEqual(await secrets.get('b'), undefined);
  });
});

describe('environments', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('decide where a profile connects, and are remembered for that profile', async () => {
    const base = playground.ws.replace(/\/$/, '');
    const file = await writeProfile('environments.wsprobe', {
      url: `${base}/\${path}`,
      variables: { path: 'status/404' },
      environments: { good: { variables: { path: 'echo' } } },
    });
    strictEqual((await probe(file)).response?.status, 404);
    strictEqual(await vscode.commands.executeCommand('wsprobe.selectEnvironment', file, 'good'), 'good');
    strictEqual((await probe(file)).verdict, 'healthy');
    strictEqual(await vscode.commands.executeCommand('wsprobe.selectEnvironment', file, null), null);
    strictEqual((await probe(file)).response?.status, 404);
    const { message } = await rejection(vscode.commands.executeCommand('wsprobe.selectEnvironment', file, 'other'));
    ok(message.includes('other'));
  });

  it('of one profile leave another alone', async () => {
    const environments = new Environments(new MemoryMemento());
    const changed: string[] = [];
    environments.onDidChange((uri) => changed.push(uri.path));
    const [a, b] = [vscode.Uri.file('/a.wsprobe'), vscode.Uri.file('/b.wsprobe')];
    await environments.set(a, 'local');
    strictEqual(environments.get(a), 'local');
    strictEqual(environments.get(b), null);
    await environments.set(a, null);
    strictEqual(environments.get(a), null);
    deepStrictEqual(changed, ['/a.wsprobe', '/a.wsprobe']);
    environments.dispose();
  });
});
