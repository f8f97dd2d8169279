import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EngineClient } from '../../src/engine/client.js';
import { Plans } from '../../src/engine/plans.js';
import { Environments } from '../../src/host/environments.js';
import { Secrets } from '../../src/host/secrets.js';
import { newProfile } from '../../src/host/newProfile.js';
import { MemoryMemento, MemorySecrets } from './support/memory.js';
import {
  activated,
  isHealthy,
  probe,
  rejection,
  startPlayground,
  type StartedPlayground,
  writeProfile,
} from './support/extension.js';
import { type Question, Questions } from './support/questions.js';

const SECRET = 'tok-4f1d9c27e8b3';

describe('secrets', () => {
  let playground: StartedPlayground;
  let questions: Questions;
  const allow = ({ answers }: Question) => answers[0];

  afterEach(() => questions?.restore());

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('are set by name and value without a question, and reach the server but not the report', async () => {
    questions = new Questions(allow);
    strictEqual(await vscode.commands.executeCommand('wsprobe.setSecret', 'suite', SECRET), 'suite');
    const report = await probe({
      url: `${playground.ws.replace(/\/$/, '')}/echo?token=\${secret:suite}`,
      headers: { 'X-Custom': '${secret:suite}' },
      auth: { type: 'bearer', token: '${secret:suite}' },
      message: { send: '${secret:suite}', expect: 'echo', samples: 1 },
    });
    isHealthy(report);
    const text = JSON.stringify(report);
    ok(!text.includes(SECRET));
    ok(!text.includes(Buffer.from(SECRET).toString('base64')));
    ok(text.includes('[redacted]'));
  });

  it('are forgotten by name', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'gone', SECRET);
    strictEqual(await vscode.commands.executeCommand('wsprobe.forgetSecret', 'gone'), 'gone');
    strictEqual(await vscode.commands.executeCommand('wsprobe.forgetSecret', 'gone'), undefined);
  });

  it('go to a host only where the person allows it, are asked about once for each host, and sent nowhere else', async () => {
    const { host } = new URL(playground.ws);
    // An answer outlives a test that is run again.
    const name = `guarded-${Date.now()}`;
    const target = { url: `${playground.ws.replace(/\/$/, '')}/echo?token=\${secret:${name}}` };
    await vscode.commands.executeCommand('wsprobe.setSecret', name, SECRET);
    questions = new Questions(() => undefined);
    const refusal = await rejection(probe(target));
    match(refusal.message, new RegExp(`${name}.*nothing was sent`));
    await rejection(vscode.commands.executeCommand('wsprobe.connect', target, { inspector: false }));
    strictEqual(questions.asked.length, 2, 'a refusal is not kept');
    for (const { text } of questions.asked) ok(text.includes(`"${name}"`) && text.includes(host), text);
    questions.restore();
    questions = new Questions(allow);
    isHealthy(await probe(target));
    isHealthy(await probe(target));
    strictEqual(questions.asked.length, 1, 'an answer is');
    const elsewhere = { url: target.url.replace('127.0.0.1', 'localhost') };
    await probe(elsewhere);
    ok(questions.asked[1]?.text.includes('localhost'), JSON.stringify(questions.asked));
  });

  it('and values of environment variables are asked about alike, all that one profile would send at once', async () => {
    const { host, port } = new URL(playground.ws);
    const variables = { WSPROBE_SUITE_HOST: host, WSPROBE_SUITE_PORT: port, WSPROBE_SUITE_PASS: 'hunter2' };
    Object.assign(process.env, variables);
    try {
      await vscode.commands.executeCommand('wsprobe.setSecret', 'beside', SECRET);
      const by = { url: 'ws://${env:WSPROBE_SUITE_HOST}/echo', subprotocols: [] };
      questions = new Questions(() => undefined);
      isHealthy(await probe(by), 'its own address is told nothing');
      isHealthy(await probe({ url: 'ws://127.0.0.1:${env:WSPROBE_SUITE_PORT}/echo' }));
      deepStrictEqual(questions.asked, []);
      const target = { ...by, headers: { 'X-Pass': '${pass}' }, variables: { pass: '${env:WSPROBE_SUITE_PASS}' } };
      match((await rejection(probe(target))).message, /WSPROBE_SUITE_PASS.*nothing was sent/);
      const both = { ...target, cookies: { session: '${secret:beside}' } };
      match((await rejection(probe(both))).message, /\$\{secret:beside\}, \$\{env:WSPROBE_SUITE_PASS\} may not/);
      const [first, second] = questions.asked.map(({ text }) => text);
      strictEqual(first, `Send the environment variable "WSPROBE_SUITE_PASS" to ${host}?`);
      strictEqual(second, `Send \${secret:beside}, \${env:WSPROBE_SUITE_PASS} to ${host}?`);
      questions.restore();
      questions = new Questions(allow);
      isHealthy(await probe(target));
      isHealthy(await probe(target));
      strictEqual(questions.asked.length, 1);
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
    }
  });

  it('that a message names are asked about like those of the profile', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'typed', SECRET);
    const { sessionId } = await vscode.commands.executeCommand<{ sessionId: string }>(
      'wsprobe.connect',
      `${playground.ws.replace(/\/$/, '')}/echo?typed`,
      { inspector: false },
    );
    const send = (text: string) => vscode.commands.executeCommand('wsprobe.session.send', sessionId, text);
    questions = new Questions(() => undefined);
    match((await rejection(send('${secret:typed}'))).message, /typed.*nothing was sent/);
    questions.restore();
    questions = new Questions(allow);
    deepStrictEqual(await send('${secret:typed}'), { bytes: SECRET.length });
    deepStrictEqual(await send('${secret:typed}!'), { bytes: SECRET.length + 1 });
    strictEqual(questions.asked.length, 1);
    match((await rejection(send('${secret:no-such}'))).message, /no-such/);
    await vscode.commands.executeCommand('wsprobe.session.forget', sessionId);
  });

  it('of two new profiles have names of their own, and may go to the host that they came with', async () => {
    const engine = plansOnly();
    const secrets = new Secrets({ secrets: new MemorySecrets(), globalState: new MemoryMemento() });
    const textOf = async (url: string) => {
      const uri = await newProfile(engine, secrets, url);
      ok(uri);
      return (await vscode.workspace.openTextDocument(uri)).getText();
    };
    match(await textOf('wss://one.example/?token=first-value'), /\$\{secret:token\}/);
    match(await textOf('wss://two.example/?token=second-value'), /\$\{secret:token-two\.example\}/);
    match(await textOf('wss://three.example/?token=first-value'), /\$\{secret:token\}/);
    strictEqual(await secrets.get('token'), 'first-value');
    strictEqual(await secrets.get('token-two.example'), 'second-value');
    questions = new Questions(() => undefined);
    await secrets.consents.require({ secrets: ['token'], env: [] }, ['one.example', 'three.example']);
    await secrets.consents.require({ secrets: ['token-two.example'], env: [] }, ['two.example']);
    deepStrictEqual(questions.asked, []);
    await rejection(secrets.consents.require({ secrets: ['token'], env: [] }, ['two.example']));
    await secrets.delete('token');
    await rejection(secrets.consents.require({ secrets: ['token'], env: [] }, ['one.example']));
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
    isHealthy(await probe(file));
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

/** Of the engine only what makes plans and texts of profiles. */
function plansOnly(): EngineClient {
  const handlers = new Plans().handlers() as unknown as Record<string, (params: unknown) => unknown>;
  const request = async (method: string, params: unknown) => handlers[method]?.(params);
  return { request } as unknown as EngineClient;
}
