import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlayground, type Playground } from '../../../src/core/playground/startPlayground.js';
import { type BuiltCli, buildCli } from '../cli/builtCli.js';
import { ScriptedClient } from './scriptedClient.js';

/** What a person complains of, and the words in which whoever has understood it would name the cause. */
interface Failure {
  readonly complaint: string;
  readonly at: (playground: Playground) => Readonly<Record<string, unknown>>;
  readonly cause: RegExp;
}

const path =
  (text: string, more: Readonly<Record<string, unknown>> = {}) =>
  (playground: Playground) => ({ url: `${playground.ws}${text}`, ...more });

const FAILURES: readonly Failure[] = [
  { complaint: 'a web page answers', at: path('/status/200'), cause: /another path|took the upgrade away/ },
  { complaint: 'not found', at: path('/status/404'), cause: /at the path \// },
  {
    complaint: 'the backend is down',
    at: path('/status/502?kind=nginx'),
    cause: /valid answer from the server behind it/,
  },
  { complaint: 'not logged in', at: path('/auth/bearer'), cause: /wants credentials/ },
  { complaint: 'only from our page', at: path('/origin'), cause: /Origin/ },
  { complaint: 'moved', at: path('/redirect'), cause: /redirect/i },
  {
    complaint: 'hangs up at the request',
    at: path('/fin-before-response'),
    cause: /(closed|hung up|FIN).*(before|without|instead)/i,
  },
  { complaint: 'wrong accept', at: path('/accept/wrong'), cause: /Sec-WebSocket-Accept/ },
  {
    complaint: 'another subprotocol',
    at: path('/subprotocol/other', { subprotocols: ['chat.v1'] }),
    cause: /(not|nobody|never) (\w+ )?offered|was not offered/i,
  },
  { complaint: 'an illegal window', at: path('/extension/window-bits'), cause: /window/i },
  { complaint: 'masked frames', at: path('/masked'), cause: /mask/i },
  { complaint: 'broken text', at: path('/bad-utf8'), cause: /UTF-8/ },
  { complaint: 'an unknown opcode', at: path('/bad-opcode'), cause: /opcode/i },
  { complaint: 'kicked out', at: path('/close/4401?reason=unauthorized'), cause: /unauthori[sz]ed|credential|log in/i },
  { complaint: 'drops without a word', at: path('/fin'), cause: /without a Close frame|no Close frame/i },
  { complaint: 'reset', at: path('/rst'), cause: /RST|reset/i },
  { complaint: 'expired', at: ({ tls }) => ({ url: `${tls.expired}/echo` }), cause: /expired/i },
  {
    complaint: 'somebody else’s certificate',
    at: () => ({ profile: 'name.wsprobe' }),
    cause: /(another|other|not for|does not) .*name|name.*(another|does not|not)/i,
  },
  {
    complaint: 'ws where wss is spoken',
    at: ({ tls }) => ({ url: `${tls.good.replace('wss:', 'ws:')}/echo` }),
    cause: /TLS|wss/,
  },
  { complaint: 'not a web server', at: ({ tcp }) => ({ url: `ws://${tcp['ssh-banner']}/` }), cause: /SSH/ },
];

describe('the tools of an agent, by what they return alone', () => {
  let cli: BuiltCli;
  let playground: Playground;
  let agent: ScriptedClient;
  let root: string;

  before(async () => {
    [cli, playground] = await Promise.all([buildCli(), startPlayground({ port: 0 })]);
    root = await mkdtemp(join(tmpdir(), 'wsprobe-mcp-'));
    await writeFile(join(root, 'ca.pem'), playground.caPem);
    const profile = { url: `${playground.tls.wrongName}/echo`, tls: { ca: ['ca.pem'] } };
    await writeFile(join(root, 'name.wsprobe'), JSON.stringify(profile));
    agent = await ScriptedClient.start(cli, ['--root', root]);
  });

  after(async () => {
    await agent.stop();
    await Promise.all([playground.stop(), cli.remove(), rm(root, { recursive: true })]);
  });

  it('lead to the cause of twenty failures of the playground', async () => {
    strictEqual(FAILURES.length, 20);
    const missed: string[] = [];
    for (const failure of FAILURES) {
      const said = await investigate(agent, failure.at(playground));
      if (!failure.cause.test(said)) missed.push(`${failure.complaint}:\n${said}`);
    }
    deepStrictEqual(missed, [], `${FAILURES.length - missed.length} of ${FAILURES.length}`);
  });
});

/** Knows nothing of the product but what its answers say: probe, and where they advise it find the cure; a code is explained. */
async function investigate(agent: ScriptedClient, target: Readonly<Record<string, unknown>>): Promise<string> {
  const probe = await agent.call('wsprobe_probe', target);
  const said = [probe.text];
  if (/^next: wsprobe_find_cure/m.test(probe.text)) {
    const cure = await agent.call('wsprobe_find_cure', { url: target['url'] });
    said.push(cure.text);
  }
  const [, code] = /^close: (\d{4})/m.exec(probe.text) ?? [];
  if (code !== undefined && code !== '1000')
    said.push((await agent.call('wsprobe_explain_close', { code: Number(code) })).text);
  return explanations(said.join('\n'), typeof target['url'] === 'string' ? target['url'] : '');
}

/** What the tools say of the cause: not what the server said, and not the words of the address, which are the question. */
function explanations(text: string, url: string): string {
  const path = url === '' ? '' : new URL(url).pathname;
  const lines = text
    .split('\n')
    .filter((line) => !/^(url|answered|body|phases|error|findings|redirect):|^\[/.test(line));
  return path.length > 1 ? lines.join('\n').replaceAll(path, '…') : lines.join('\n');
}
