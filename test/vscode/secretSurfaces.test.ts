import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { WebSocketServer } from 'ws';
import type { Report } from '../../src/core/base/model.js';
import { History } from '../../src/host/history.js';
import { ProbeTarget } from '../../src/host/target/probeTarget.js';
import { HistoryView } from '../../src/host/views/historyView.js';
import { SECRET, traceOf } from '../unit/run/plantedSecret.js';
import { activated, closeEditors, folderUri, probe, writeProfile } from './support/extension.js';
import { MemoryMemento, memoryLog } from './support/memory.js';
import { Questions } from './support/questions.js';

/** Each kind of thing that the extension contributes, and where it is searched here, or why it says nothing. */
const CONTRIBUTED: Readonly<Record<string, string>> = {
  commands: 'what is asked, picked, noticed, copied and opened',
  customEditors: 'the panels, by the unit tests of what the worker answers',
  languageModelTools: 'their results',
  languages: 'hovers, completions, lenses, problems',
  taskDefinitions: 'names of profiles alone',
  views: 'items of the history',
  configuration: 'the files of the workspace',
  menus: 'words of ours',
  keybindings: 'words of ours',
  viewsContainers: 'words of ours',
  viewsWelcome: 'words of ours',
  walkthroughs: 'words of ours',
  grammars: 'words of ours',
  problemMatchers: 'words of ours',
  snippets: 'words of ours',
  jsonLanguageParticipants: 'words of ours',
  jsonValidation: 'words of ours',
};
const INLINE = 'inline-hunter2-x';
/** What is asked of a person when these are called without an argument. */
const ASKING = ['probe', 'connect', 'copyAs', 'session.send', 'session.export', 'selectEnvironment', 'forgetSecret'];

describe('A secret and the surfaces of the editor', function () {
  this.timeout(120_000);
  const server = createServer((_, response) => response.writeHead(404).end());
  const talking = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const shown = new Map<string, string>();
  const restore: (() => void)[] = [];
  let base = '';

  before(async () => {
    await activated();
    server.on('upgrade', (request, socket, head) => {
      if (request.url?.startsWith('/refuse')) {
        const body = `no ${SECRET}, nor ${INLINE}`;
        const lines = [`HTTP/1.1 401 no ${SECRET}`, `X-Why: ${SECRET}`, `Content-Length: ${Buffer.byteLength(body)}`];
        socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
        return;
      }
      talking.handleUpgrade(request, socket, head, (client) => {
        client.send(JSON.stringify({ token: SECRET, of: INLINE }));
        client.send(Buffer.from(`\0${SECRET}`));
        client.on('message', (data, isBinary) => {
          if (String(data) === 'bye') client.close(4401, `no ${SECRET}`);
          else client.send(data, { binary: isBinary });
        });
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    replace('showInformationMessage', (...words) => see('notice', words));
    replace('showErrorMessage', (...words) => see('error', words));
    replace('showQuickPick', async (items) => see('quick pick', await items));
    replace('showInputBox', (options) => see('input box', options));
    replace('showSaveDialog', (options) => see('dialog', options));
    replace('createQuickPick', () => quickPick());
  });

  after(async () => {
    for (const each of restore) each();
    for (const client of talking.clients) client.terminate();
    server.close();
    await closeEditors();
  });

  function see(where: string, what: unknown): undefined {
    shown.set(`${where} ${shown.size}`, JSON.stringify(what) ?? '');
  }

  function replace(name: keyof typeof vscode.window, by: (...args: any[]) => unknown): void {
    const original = vscode.window[name];
    Object.assign(vscode.window, { [name]: by });
    restore.push(() => void Object.assign(vscode.window, { [name]: original }));
  }

  /** A list that is looked at and turned away. */
  function quickPick(): unknown {
    const hide = new vscode.EventEmitter<void>();
    const never = new vscode.EventEmitter<never>().event;
    const pick: Record<string, unknown> = {
      items: [],
      activeItems: [],
      selectedItems: [],
      onDidHide: hide.event,
      show: () => setTimeout(() => (pick['hide'] as () => void)(), 300),
      hide: () => {
        see('list', { ...pick });
        hide.fire();
      },
      dispose: () => {},
    };
    for (const event of [
      'Accept',
      'ChangeValue',
      'ChangeActive',
      'ChangeSelection',
      'TriggerButton',
      'TriggerItemButton',
    ])
      pick[`onDid${event}`] = never;
    return pick;
  }

  async function addFiles(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await addFiles(path);
      else if (entry.isFile()) shown.set(`file ${path}`, await readFile(path, 'latin1').catch(() => ''));
    }
  }

  async function call(name: string, input: object): Promise<string> {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    shown.set(`tool ${name} ${shown.size}`, text);
    return text;
  }

  it('is at none of them', async () => {
    const questions = new Questions(({ answers }) => answers[0]);
    restore.push(() => questions.restore());
    strictEqual(await vscode.commands.executeCommand('wsprobe.setSecret', 'planted', SECRET), 'planted');
    const profile = (path: string) => ({
      name: `with ${path}`,
      url: `${base}${path}?of=\${secret:planted}`,
      headers: { 'X-Token': '${secret:planted}' },
      messages: [{ name: 'say it', send: '${secret:planted}' }],
    });
    const files: vscode.Uri[] = [];
    const reports: Report[] = [];
    for (const path of ['/talk', '/refuse']) {
      const file = await writeProfile(`planted${path.slice(1)}.wsprobe`, profile(path));
      files.push(file);
      reports.push(await probe(file), await probe(`${base}${path}?access_token=${INLINE}`));
    }
    deepStrictEqual(
      reports.map(({ verdict }) => verdict),
      ['healthy', 'healthy', 'down', 'down'],
    );
    shown.set('reports', JSON.stringify(reports));

    const { sessionId } = await vscode.commands.executeCommand<{ sessionId: string }>('wsprobe.connect', files[0], {
      inspector: false,
    });
    await vscode.commands.executeCommand('wsprobe.session.send', sessionId, '${secret:planted} and so on');
    for (const tool of ['curl', 'websocat', 'wscat', 'node'])
      for (const of of [files[0], sessionId])
        shown.set(`copy as ${tool} ${shown.size}`, await vscode.commands.executeCommand('wsprobe.copyAs', of, tool));
    for (const format of ['har', 'jsonl', 'wsrec']) {
      const to = vscode.Uri.joinPath(folderUri(), `planted.${format}`);
      await vscode.commands.executeCommand('wsprobe.session.export', sessionId, to);
    }
    await vscode.commands.executeCommand('wsprobe.session.send', sessionId, 'bye');
    for (const name of ASKING)
      await Promise.resolve(vscode.commands.executeCommand(`wsprobe.${name}`)).catch((error) =>
        see('refusal', String(error)),
      );
    see('questions', questions.asked);

    const inFolder = { profile: vscode.workspace.asRelativePath(files[0]!, false) };
    await call('wsprobe_probe', { profile: vscode.workspace.asRelativePath(files[1]!, false) });
    const told = await call('wsprobe_connect', inFolder);
    const ofTool = /^sessionId: (\S+)$/m.exec(told)?.[1];
    if (ofTool !== undefined) {
      await call('wsprobe_send', { sessionId: ofTool, text: `say ${SECRET}` });
      await call('wsprobe_read_frames', { sessionId: ofTool });
      await call('wsprobe_close', { sessionId: ofTool });
    }

    const history = new History(
      { state: new MemoryMemento(), folder: vscode.Uri.joinPath(folderUri(), 'kept'), limit: () => 10 },
      memoryLog().log,
    );
    for (const [index, report] of reports.entries())
      await history.add(new ProbeTarget({ kind: 'url', url: `${base}/?access_token=${INLINE}&of=${index}` }), report);
    const view = new HistoryView(history);
    for (const entry of view.getChildren()) {
      const item = view.getTreeItem(entry);
      const { label, description, tooltip, accessibilityInformation } = item;
      see('item', { label, description, tooltip, accessibilityInformation });
    }
    view.dispose();

    for (const file of files) {
      const document = await vscode.workspace.openTextDocument(file);
      await vscode.window.showTextDocument(document);
      see('problems', vscode.languages.getDiagnostics(file));
      see('lenses', await vscode.commands.executeCommand('vscode.executeCodeLensProvider', file, 100));
      const whole = new vscode.Range(0, 0, document.lineCount, 0);
      see('actions', await vscode.commands.executeCommand('vscode.executeCodeActionProvider', file, whole));
      for (const { index } of document.getText().matchAll(/secret:planted|"url"|"headers"/g)) {
        const at = document.positionAt(index + 3);
        see('hover', await vscode.commands.executeCommand('vscode.executeHoverProvider', file, at));
        see('completion', await vscode.commands.executeCommand('vscode.executeCompletionItemProvider', file, at));
      }
    }
    for (const document of vscode.workspace.textDocuments) shown.set(`document ${document.uri}`, document.getText());
    shown.set('clipboard', await vscode.env.clipboard.readText());
    for (const of of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) see('tab', of.label);
    await addFiles(folderUri().fsPath);
    // Storage and logs of the editor: what it keeps of secrets is encrypted.
    const data = process.env['WSPROBE_VSCODE_DATA'];
    ok(data, 'who starts the suite says where the editor keeps its data');
    await addFiles(data);

    const traces = [...shown].flatMap(([where, text]) => {
      const trace = traceOf(text);
      return trace === null ? [] : [`${where}: ${trace}`];
    });
    deepStrictEqual(traces, []);
    for (const kind of ['list', 'quick pick', 'tool', 'item', 'hover', 'lenses', 'document', 'file'])
      ok(
        [...shown.keys()].some((where) => where.startsWith(kind)),
        `nothing was seen of: ${kind}`,
      );
  });

  it('is searched for in every kind of contribution', () => {
    const { contributes } = vscode.extensions.getExtension('wsprobe.wsprobe')?.packageJSON as { contributes: object };
    deepStrictEqual(Object.keys(contributes).toSorted(), Object.keys(CONTRIBUTED).toSorted());
  });
});
