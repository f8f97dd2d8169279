import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report } from '../../src/core/base/model.js';
import type { EngineClient } from '../../src/engine/client.js';
import { Plans } from '../../src/engine/plans.js';
import { networkSettings } from '../../src/host/network.js';
import { type Asked, followQuestion } from '../../src/host/redirects.js';
import type { PreparedPlan } from '../../src/protocol/prepared.js';
import { startProxy, type TestProxy } from '../support/proxyServer.js';
import {
  activated,
  isHealthy,
  probe,
  rejection,
  startPlayground,
  type StartedPlayground,
} from './support/extension.js';

const CREDENTIALS = { username: 'wsprobe', password: 'correct horse' };

describe('the proxy settings of VS Code', () => {
  let playground: StartedPlayground;
  let proxy: TestProxy;
  /** No address of its own: only the proxy knows where it leads. */
  let target: string;

  before(async () => {
    await activated();
    playground = await startPlayground();
    proxy = await startProxy({ kind: 'http', auth: CREDENTIALS, resolve: { '127.0.0.2': '127.0.0.1' } });
    target = `${playground.ws.replace('127.0.0.1', '127.0.0.2')}/echo`;
  });

  afterEach(async () => {
    for (const key of ['proxy', 'noProxy', 'proxySupport', 'proxyAuthorization', 'proxyStrictSSL']) await set(key);
  });

  after(async () => {
    await proxy.stop();
    await vscode.commands.executeCommand('wsprobe.playground.stop');
  });

  const basic = `Basic ${Buffer.from(`${CREDENTIALS.username}:${CREDENTIALS.password}`).toString('base64')}`;

  it('lead a probe through http.proxy, with http.proxyAuthorization, which no report shows', async () => {
    await set('proxy', proxy.url);
    await set('proxyAuthorization', basic);
    const asked = proxy.requests.length;
    const report = await probe(target);
    isHealthy(report);
    deepStrictEqual(
      report.phases.slice(0, 3).map(({ name }) => name),
      ['dns', 'tcp', 'proxy'],
    );
    strictEqual(report.proxy?.source, 'http.proxy');
    strictEqual(report.proxy.status, 200);
    strictEqual(proxy.requests.length, asked + 1);
    strictEqual(proxy.requests.at(-1)?.host, '127.0.0.2');
    ok(!JSON.stringify(report).includes(basic.slice(6)));
  });

  it('without credentials, end with what the proxy wants', async () => {
    await set('proxy', proxy.url);
    const report = await probe(target);
    strictEqual(report.proxy?.status, 407);
    strictEqual(report.error?.phase, 'proxy');
    strictEqual(report.findings[0]?.id, 'proxy.auth-required');
  });

  it('go round the proxy for what http.noProxy lists, and say so', async () => {
    await set('proxy', proxy.url);
    await set('noProxy', ['127.0.0.2']);
    const report = await probe(target);
    strictEqual(report.proxy, null);
    match(String(proxyPhase(report)?.detail['unused']), /http\.noProxy/);
    strictEqual(proxyPhase(report)?.status, 'skipped');
  });

  it('use no proxy at all with http.proxySupport: off', async () => {
    await set('proxy', proxy.url);
    await set('proxySupport', 'off');
    strictEqual((await probe(target)).proxy, null);
  });

  it('never lead to this machine itself through a proxy', async () => {
    await set('proxy', proxy.url);
    const report = await probe(`${playground.ws}/echo`);
    isHealthy(report);
    strictEqual(report.proxy, null);
  });

  it('hold for sessions too', async () => {
    await set('proxy', proxy.url);
    await set('proxyAuthorization', basic);
    const asked = proxy.requests.length;
    const { sessionId } = await vscode.commands.executeCommand<{ sessionId: string }>('wsprobe.connect', target, {
      inspector: false,
    });
    deepStrictEqual(await vscode.commands.executeCommand('wsprobe.session.send', sessionId, 'hi'), { bytes: 2 });
    strictEqual(proxy.requests.length, asked + 1);
    await vscode.commands.executeCommand('wsprobe.session.close', sessionId);
  });

  it('are read as they stand, and nonsense as if it were not set', async () => {
    deepStrictEqual(networkSettings(), {
      editorProxy: { support: 'override', url: '', noProxy: [], authorization: null, strictSSL: true },
      systemCertificates: true,
    });
    await set('noProxy', ['a.example', 7, null]);
    await set('proxyStrictSSL', false);
    deepStrictEqual(networkSettings().editorProxy?.noProxy, ['a.example']);
    strictEqual(networkSettings().editorProxy?.strictSSL, false);
  });
});

describe('a redirect', () => {
  const plans = new Plans().handlers() as unknown as Record<string, (params: unknown) => unknown>;
  const engine = { request: async (method: string, params: unknown) => plans[method]?.(params) };
  const ask = (asked: Asked) => followQuestion(engine as unknown as Pick<EngineClient, 'request'>, asked);
  let plan: PreparedPlan;

  before(async () => {
    const profile = {
      url: 'wss://api.example.com/a',
      auth: { type: 'bearer', token: 'hunter22' },
      cookies: { session: 'hunter22' },
      headers: { 'X-Tenant': 'acme' },
      tls: { cert: 'cert.pem', key: 'key.pem' },
    };
    const context = { env: {}, baseDir: '/' };
    const { draftId } = (await engine.request('profileDraft', { text: JSON.stringify(profile), context })) as {
      draftId: number;
    };
    const made = (await engine.request('profilePrepare', { draftId, secrets: {} })) as { plan: PreparedPlan | null };
    ok(made.plan);
    ({ plan } = made as { plan: PreparedPlan });
  });

  const asking = (target: string | null, followed = false) => ({
    plan,
    status: 'done' as const,
    report: {
      redirects: [{ url: plan.url, status: 302, location: String(target), target, followed, dropped: [] }],
    } as unknown as Report,
  });

  it('to another origin is asked about with its address and all that stays behind', async () => {
    const { message, detail } = await ask(asking('wss://login.example.net/b'));
    match(message, /wss:\/\/login\.example\.net\/b/);
    match(detail, /another origin\. Not sent along: auth, X-Tenant, Cookie, client certificate\./);
    const restored = await ask({ ...asking('wss://login.example.net/b'), plan: null });
    match(restored.detail, /no credential, cookie or header of yours/);
  });

  it('within an origin keeps everything', async () => {
    match((await ask(asking('wss://api.example.com/b'))).detail, /goes there as it is/);
  });

  it('makes no link of what a server wrote', async () => {
    ok(!(await ask(asking('wss://h/[x](command:y)'))).message.includes(']('));
  });

  it('from wss: to ws:, to nowhere, gone already, or refused to a plan that follows is not followed', async () => {
    const follows = { ...asking('wss://h/'), plan: { ...plan, followRedirects: true } };
    for (const subject of [asking('ws://api.example.com/'), asking(null), asking('wss://h/', true), follows]) {
      await rejection(ask(subject));
    }
    match((await ask({ ...follows, status: 'cancelled' })).message, /wss:\/\/h\//);
  });
});

describe('an experiment', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  const run = (name: unknown, target: unknown): Thenable<Report> =>
    vscode.commands.executeCommand<Report>('wsprobe.lab.run', name, target, { inspector: false });

  it('finds the one change that makes a handshake pass, and gives its report', async () => {
    const report = await run('handshake', { url: `${playground.http2.h2c}/echo`, compression: false });
    strictEqual(report.differential?.cure, 'http2', JSON.stringify(report.differential, null, 2));
    ok(report.findings.some(({ id }) => id === 'differential.cured'));
  });

  it('has nothing to find in a handshake that passes', async () => {
    const report = await run('handshake', `${playground.ws}/echo`);
    isHealthy(report);
    strictEqual(report.differential, null);
  });

  it('that does not exist is refused by name', async () => {
    match((await rejection(run('séance', `${playground.ws}/echo`))).message, /no experiment "séance"/);
  });
});

function proxyPhase(report: Report) {
  return report.phases.find(({ name }) => name === 'proxy');
}

async function set(key: string, value?: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('http').update(key, value, vscode.ConfigurationTarget.Global);
}
