import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type { Phase, PhaseName, Report } from '../../src/core/base/model.js';
import * as vscode from 'vscode';
import {
  activated,
  isHealthy,
  probe,
  rejection,
  startPlayground,
  type StartedPlayground,
  workerCount,
  writeProfile,
} from './support/extension.js';

describe('probe', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('runs with the default proxy settings, which patch the network of the extension host', () => {
    const http = vscode.workspace.getConfiguration('http').inspect('proxySupport');
    strictEqual(http?.globalValue, undefined);
    strictEqual(workerCount(), 1);
  });

  it('times dns, tcp, tls and upgrade one by one through connections of our own', async () => {
    const url = playground.wss.replace('127.0.0.1', 'localhost');
    const report = await probe({ url: `${url.replace(/\/$/, '')}/echo`, tls: { ca: [playground.caFile] } });
    isHealthy(report);
    const dns = phase(report, 'dns');
    const tcp = phase(report, 'tcp');
    const tls = phase(report, 'tls');
    const upgrade = phase(report, 'upgrade');
    let end = 0;
    for (const { name, status, startMs, durationMs } of [dns, tcp, tls, upgrade]) {
      strictEqual(status, 'ok', name);
      ok(durationMs > 0, `${name} took time of its own`);
      ok(startMs >= end - 0.01, `${name} starts after the one before has ended`);
      end = startMs + durationMs;
    }
    ok(Array.isArray(dns.detail['addresses']) && dns.detail['addresses'].length > 0);
    const { requestSentMs, firstByteMs, responseCompleteMs } = upgrade.detail as Record<string, number>;
    ok(requestSentMs !== undefined && firstByteMs !== undefined && responseCompleteMs !== undefined);
    ok(requestSentMs <= firstByteMs && firstByteMs <= responseCompleteMs);
  });

  it('sees the handshake itself: the attempt, the chain, raw headers in their order and case', async () => {
    const report = await probe({ url: `${trimmed(playground.wss)}/echo`, tls: { ca: [playground.caFile] } });
    strictEqual(report.attempts.filter(({ error }) => error === null).length, 1);
    ok(report.tls && report.tls.authorized);
    strictEqual(report.tls.chain.length, 2);
    deepStrictEqual(report.request?.headers[0]?.[0], 'Host');
    strictEqual(report.response?.status, 101);
    strictEqual(report.accept?.valid, true);
    ok(report.frames.some(({ direction }) => direction === 'received'));
  });

  it('shows the whole chain of a certificate it refuses', async () => {
    const report = await probe(`${trimmed(playground.wss)}/echo`);
    strictEqual(report.verdict, 'down');
    strictEqual(report.tls?.authorized, false);
    ok(report.tls.chain.length > 0);
    strictEqual(phase(report, 'upgrade').status, 'not-reached');
  });

  it('leaves from this machine and says so', async () => {
    const { vantage } = await probe(`${playground.ws}/echo`);
    ok(vantage.host.length > 0);
    strictEqual(vantage.remote, vscode.env.remoteName ?? null);
  });

  it('takes a URL, a Uri, a profile file and a profile object, asks nothing, returns the report', async () => {
    const url = `${trimmed(playground.ws)}/echo`;
    const file = await writeProfile('probe-file.wsprobe', { url, name: 'From a file' });
    for (const [target, name] of [
      [url, null],
      [vscode.Uri.parse(url), null],
      [{ url, name: 'From an object' }, 'From an object'],
      [file, 'From a file'],
      [file.fsPath, 'From a file'],
    ] as const) {
      const report = await probe(target);
      strictEqual(report.schema, 'wsprobe.report/1');
      isHealthy(report);
      if (name !== null) strictEqual(report.name, name);
    }
  });

  it('serves other extensions through the API without opening anything', async () => {
    const api = await activated();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const report = await api.probe(`${trimmed(playground.ws)}/echo`);
    isHealthy(report);
    strictEqual(vscode.window.tabGroups.all.flatMap((group) => group.tabs).length, 0);
  });

  it('gives a failed connection as a report, not as an error', async () => {
    const report = await probe(`${trimmed(playground.ws)}/status/503`);
    strictEqual(report.verdict, 'down');
    strictEqual(report.response?.status, 503);
    ok(report.findings[0]);
  });

  for (const [title, target, words] of [
    ['a URL that is none', 'nonsense', /URL/],
    ['a scheme of another kind', 'ftp://example.test/', /scheme|ws/i],
    ['a port out of range', 'ws://127.0.0.1:70000/', /port/i],
    ['a target of no kind', 42, /target/i],
    ['an unknown key', { url: 'ws://127.0.0.1:1/', colour: 'red' }, /colour/],
    ['a header with a line break', { url: 'ws://127.0.0.1:1/', headers: { 'X-A': 'a\r\nB: c' } }, /header|line break/i],
    ['a variable without a value', { url: 'ws://127.0.0.1:1/${env:WSPROBE_NO_SUCH}' }, /WSPROBE_NO_SUCH/],
    ['a secret without a value', { url: 'ws://127.0.0.1:1/?t=${secret:no-such}' }, /no-such/],
    ['a file that is not there', vscode.Uri.file('/no/such.wsprobe'), /no such|such/i],
  ] as const) {
    it(`refuses ${title} with one sentence and no stack`, async () => {
      const { message } = await rejection(probe(target));
      match(message, words);
      ok(!/\n\s+at /.test(message), message);
    });
  }

  it('names the place of a problem in a file', async () => {
    const file = await writeProfile('broken.wsprobe', '{\n  "url": "ws://127.0.0.1:1/",\n  "colour": "red"\n}\n');
    match((await rejection(probe(file))).message, /broken:3:3/);
  });

  it('reads what the person has typed, saved or not', async () => {
    const file = await writeProfile('unsaved.wsprobe', { url: 'ws://127.0.0.1:1/' });
    const editor = await vscode.window.showTextDocument(file);
    const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, JSON.stringify({ url: `${trimmed(playground.ws)}/echo` })));
    isHealthy(await probe(file));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('keeps to one engine however many probes run, and leaves no socket behind', async () => {
    const targets = Array.from({ length: 8 }, (_, index) => `${trimmed(playground.ws)}/echo?${index}`);
    const reports = await Promise.all(targets.map((target) => probe(target)));
    deepStrictEqual(
      reports.map(({ verdict }) => verdict),
      targets.map(() => 'healthy'),
    );
    strictEqual(workerCount(), 1);
  });
});

describe('playground', () => {
  it('starts once, tells its addresses, stops, and says whether it ran', async () => {
    const first = await startPlayground();
    const again = await startPlayground();
    strictEqual(again.ws, first.ws);
    match(first.http, /^http:\/\/127\.0\.0\.1:\d+/);
    const pem = await vscode.workspace.fs.readFile(vscode.Uri.file(first.caFile));
    match(new TextDecoder().decode(pem), /^-----BEGIN CERTIFICATE-----/);
    strictEqual(await vscode.commands.executeCommand('wsprobe.playground.stop'), true);
    strictEqual(await vscode.commands.executeCommand('wsprobe.playground.stop'), false);
    const gone = await probe(`${trimmed(first.ws)}/echo`);
    strictEqual(gone.findings[0]?.id, 'tcp.refused');
  });

  it('takes free ports when the one asked for is in use', async () => {
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      const started = await vscode.commands.executeCommand<StartedPlayground>('wsprobe.playground.start', { port });
      strictEqual(started.portTaken, true);
      isHealthy(await probe(`${trimmed(started.ws)}/echo`));
    } finally {
      await vscode.commands.executeCommand('wsprobe.playground.stop');
      server.close();
    }
  });

  it('refuses a port that is none', async () => {
    match((await rejection(vscode.commands.executeCommand('wsprobe.playground.start', { port: -1 }))).message, /port/i);
  });
});

function phase(report: Report, name: PhaseName): Phase {
  const found = report.phases.find((one) => one.name === name);
  ok(found, `the report has the phase ${name}`);
  return found;
}

function trimmed(url: string): string {
  return url.replace(/\/$/, '');
}
