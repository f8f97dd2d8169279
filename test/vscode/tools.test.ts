import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { readToolInput } from '../../src/core/tools/toolInput.js';
import { TOOL_NAMES, type ToolName } from '../../src/core/tools/definitions.js';
import { askBefore } from '../../src/host/tools/confirmations.js';
import { activated, rejection, startPlayground, writeProfile } from './support/extension.js';
import { Questions } from './support/questions.js';

describe('the tools of a language model', () => {
  let ws: string;

  before(async () => {
    await activated();
    ws = (await startPlayground()).ws.replace(/\/$/, '');
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('are offered under the names of the server for agents', () => {
    const offered = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('wsprobe_'));
    deepStrictEqual(offered.toSorted(), [...TOOL_NAMES].toSorted());
  });

  it('probe an address and tell why it fails, briefly', async () => {
    const text = await call('wsprobe_probe', { url: `${ws}/auth/bearer` });
    match(text, /^verdict: down/);
    match(text, /headline: The server wants credentials/);
    match(text, /^next: wsprobe_find_cure/m);
  });

  it('find the cure', async () => {
    match(await call('wsprobe_find_cure', { url: `${ws}/status/403` }), /^cure: path:\/$/m);
  });

  it('talk over a session of their own', async () => {
    const url = `${ws}/echo?tools`;
    const person = await vscode.commands.executeCommand<{ sessionId: string }>('wsprobe.connect', url, {
      inspector: false,
    });
    const [, sessionId = ''] = /^sessionId: (\S+)$/m.exec(await call('wsprobe_connect', { url })) ?? [];
    ok(sessionId !== '' && sessionId !== person.sessionId);
    const [, row] = /row #(\d+)/.exec(await call('wsprobe_send', { sessionId, text: 'hi ${there}' })) ?? [];
    match(await call('wsprobe_read_frames', { sessionId, after: Number(row) }), /received text 11 B: hi \$\{there\}$/m);
    match(await call('wsprobe_send', { sessionId: person.sessionId, text: 'x' }), /There is no session/);
    match(await call('wsprobe_close', { sessionId, code: 4000 }), /^closed with 4000 by the client/);
    match(await call('wsprobe_send', { sessionId, text: 'x' }), /There is no session/);
    await vscode.commands.executeCommand('wsprobe.session.forget', person.sessionId);
  });

  it('run a profile of the workspace with what is said beside it, its secrets hidden', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'toolKey', 'hunter2-hunter2');
    await writeProfile('tools.wsprobe', {
      url: `${ws}/headers`,
      headers: { 'X-Key': '${secret:toolKey}', 'X-Other': 'file' },
      environments: { second: { headers: { 'X-Other': 'environment' } } },
    });
    await vscode.commands.executeCommand('wsprobe.profiles.refresh');
    const questions = new Questions(({ answers }) => answers[0]);
    try {
      const input = { profile: 'tools.wsprobe', environment: 'second', headers: { 'X-Other': 'said ${here}' } };
      const [, sessionId = ''] = /^sessionId: (\S+)$/m.exec(await call('wsprobe_connect', input)) ?? [];
      const read = () => call('wsprobe_read_frames', { sessionId, after: 1 });
      let rows = await read();
      // It is said some time after the connection is open.
      while (!rows.includes('X-Other')) rows = await read();
      match(rows, /"X-Other","said \$\{here\}"/);
      doesNotMatch(rows, /hunter2/);
      await call('wsprobe_close', { sessionId });
    } finally {
      questions.restore();
    }
    match(await call('wsprobe_probe', { profile: 'nowhere.wsprobe' }), /There is no profile .*\nKnown: \S+\.wsprobe/);
  });

  it('take arguments as they stand, and no secret by them', async () => {
    const questions = new Questions(() => undefined);
    try {
      match(
        await call('wsprobe_probe', { url: `${ws}/echo`, headers: { A: '${secret:toolKey}' } }),
        /Arguments hold no/,
      );
      match(await call('wsprobe_probe', { url: `${ws}/echo`, send: '${env:HOME}' }), /Arguments hold no/);
      match(await call('wsprobe_probe', { url: 'http://localhost/' }), /use ws instead of http/);
      match(await call('wsprobe_probe', { url: `${ws}/echo`, headers: { A: 'b\r\nC: d' } }), /holds a line break/);
      match(await call('wsprobe_probe', { url: 'ws://169.254.169.254/' }), /link-local|metadata/i);
      deepStrictEqual(questions.asked, []);
    } finally {
      questions.restore();
    }
  });

  it('explain a close code', async () => {
    match(await call('wsprobe_explain_close', { code: 4401, dialect: 'graphql-transport-ws' }), /^4401 Unauthorized/);
  });

  it('end when they are cancelled', async () => {
    const cancelling = new vscode.CancellationTokenSource();
    const probing = vscode.lm.invokeTool('wsprobe_probe', asked({ url: `${ws}/never` }), cancelling.token);
    setTimeout(() => cancelling.cancel(), 200);
    ok(await rejection(probing));
  });

  it('ask before, naming the URL and the data', async () => {
    const addresses = { addressOf: async () => 'wss://host/[link](command:x)', addressOfSession: () => 'wss://host/' };
    const ask = async (name: ToolName, input: object) => {
      const { confirmationMessages } = await askBefore({ name, input: readToolInput(name, input) } as never, addresses);
      const { message } = confirmationMessages ?? {};
      return typeof message === 'object' ? message.value : message;
    };
    const probing = await ask('wsprobe_probe', { url: `${ws}/echo`, headers: { 'X-A': 'b' }, send: '${x} ```\nhi' });
    match(probing ?? '', /`wss:\/\/host\/\[link\]\(command:x\)`/);
    match(probing ?? '', /X-A: b/);
    match(probing ?? '', /````text\n\$\{x\} ```\nhi\n````/);
    match((await ask('wsprobe_send', { sessionId: 's', hex: '00 ff' })) ?? '', /00ff/);
    ok(await ask('wsprobe_connect', { url: ws }));
    ok(await ask('wsprobe_find_cure', { url: ws }));
    strictEqual(await ask('wsprobe_explain_close', { code: 1006 }), undefined);
  });
});

async function call(name: ToolName, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, asked(input));
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

function asked(input: object): vscode.LanguageModelToolInvocationOptions<object> {
  return { input, toolInvocationToken: undefined };
}
