import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { activated, folderUri, rejection, startPlayground, type StartedPlayground } from './support/extension.js';

interface Started {
  readonly sessionId: string;
}

describe('attaching to other programs', () => {
  let playground: StartedPlayground;
  const file = join(tmpdir(), `wsprobe-attach-${process.pid}.jsonl`);

  before(async () => {
    await activated();
    playground = await startPlayground();
  });
  after(async () => {
    await vscode.commands.executeCommand('wsprobe.playground.stop');
    await rm(file, { force: true });
  });

  const logOf = async ({ sessionId }: Started) => {
    await vscode.commands.executeCommand('wsprobe.session.export', sessionId, file);
    return readFile(file, 'utf8');
  };

  it('sees what the program that is debugged says, by the debugger of VS Code', async () => {
    ok(vscode.extensions.getExtension('ms-vscode.js-debug'), 'the debugger of JavaScript is there');
    const program = vscode.Uri.joinPath(folderUri(), 'debugged.js');
    // Its own client, so that it needs no package: Node has one from version 22 on.
    const source = `
      const wait = setInterval(() => {}, 1000);
      globalThis.talk = () => {
        const socket = new WebSocket(${JSON.stringify(`${playground.ws}/echo`)});
        socket.onopen = () => socket.send('from the debugged program');
        socket.onmessage = () => { socket.close(4001, 'done'); clearInterval(wait); };
      };
      // Whoever watches has put its hook in by then: it is gone as soon as nobody says that it may stay.
      const native = WebSocket;
      const look = setInterval(() => { if (globalThis.WebSocket !== native) { clearInterval(look); talk(); } }, 20);
    `;
    await vscode.workspace.fs.writeFile(program, new TextEncoder().encode(source));
    const configuration = {
      type: 'node',
      request: 'launch',
      name: 'debugged',
      program: program.fsPath,
      runtimeArgs: ['--experimental-websocket'],
    };
    ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration));
    const ended = new Promise<void>((resolve) => {
      const listening = vscode.debug.onDidTerminateDebugSession((session) => {
        if (session.parentSession !== undefined) return;
        listening.dispose();
        resolve();
      });
    });
    const started = await vscode.commands.executeCommand<Started>('wsprobe.attach.start', undefined, { hook: true });
    await ended;
    const log = await logOf(started);
    match(log, /"direction":"sent"[^\n]*from the debugged program/);
    match(log, /"direction":"received"[^\n]*from the debugged program/);
    await vscode.commands.executeCommand('wsprobe.session.forget', started);
  });

  it('sees what a page in Chromium says that is debugged, with its handshake, and why its sockets close', async () => {
    const executable = findChromium();
    ok(executable, 'a Chromium is there');
    const page = `<script>
      // Whoever watches has put its hook in by then: sockets that are opened later are seen from the start.
      setInterval(() => {
        const socket = new WebSocket(${JSON.stringify(`${playground.ws}/echo`)});
        socket.onopen = () => socket.send('from the debugged page');
        socket.onmessage = () => socket.close(4001, 'done');
      }, 200);
    </script>`;
    const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(page));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const profile = await mkdtemp(join(tmpdir(), 'wsprobe-debugged-'));
    const configuration = {
      type: 'chrome',
      request: 'launch',
      name: 'debugged page',
      url: `http://127.0.0.1:${port}/`,
      webRoot: folderUri().fsPath,
      runtimeExecutable: executable,
      runtimeArgs: ['--headless=new', ...chromiumFlags],
      userDataDir: profile,
      browserLaunchLocation: 'workspace',
    };
    try {
      ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration));
      const started = await vscode.commands.executeCommand<Started>('wsprobe.attach.start', undefined, { hook: true });
      let log = await logOf(started);
      while (!log.includes('4001')) log = await logOf(started);
      match(log, /"direction":"sent"[^\n]*from the debugged page/);
      match(log, /"direction":"received"[^\n]*from the debugged page/);
      ok(log.includes(`http://127.0.0.1:${port}`), 'the Origin of the page');
      await vscode.commands.executeCommand('wsprobe.attach.stop', started);
      await vscode.commands.executeCommand('wsprobe.session.forget', started);
    } finally {
      const ended = new Promise<void>((resolve) => {
        const listening = vscode.debug.onDidTerminateDebugSession((session) => {
          if (session.parentSession !== undefined) return;
          listening.dispose();
          resolve();
        });
      });
      await vscode.debug.stopDebugging();
      await ended;
      server.closeAllConnections();
      server.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  it('says what is missing where nothing is debugged, and where no DevTools are', async () => {
    match((await rejection(vscode.commands.executeCommand('wsprobe.attach.start', undefined, {}))).message, /debugged/);
    let server: Server | null = createServer((_, response) => response.end('no DevTools'));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const address = `http://127.0.0.1:${port}`;
    const error = await rejection(vscode.commands.executeCommand('wsprobe.attach.start', address));
    match(error.message, /No DevTools at 127\.0\.0\.1/);
    server.close();
    server = null;
    strictEqual(await vscode.commands.executeCommand('wsprobe.attach.stop'), undefined);
    deepStrictEqual(vscode.debug.breakpoints, []);
  });
});
