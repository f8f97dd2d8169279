import { deepStrictEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type Playground, startPlayground } from '../../../src/core/playground/startPlayground.js';
import { type BuiltCli, buildCli } from './builtCli.js';

interface Expected {
  /** What it says, all of it. */
  readonly says: RegExp;
  /** What the server heard, where the row is about that. */
  readonly heard?: (asked: Asked) => void;
  /** The playground is asked, in the place of a server that listens to what it is asked. */
  readonly playground?: true;
  /** It stays until it is ended. */
  readonly stays?: true;
}

interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly messages: readonly (readonly [text: string, binary: boolean])[];
}

const header = (name: string, value: string | RegExp) => (asked: Asked) =>
  match(String(asked.headers[name]), new RegExp(value));
const said =
  (...messages: readonly (readonly [string, boolean])[]) =>
  (asked: Asked) =>
    deepStrictEqual(asked.messages, messages);

/** By job, as the table names it. */
const JOBS: Readonly<Record<string, Expected>> = {
  'talk at a prompt': { says: /^$/, heard: said() },
  'say one thing, see the answer': { says: /^hello\n$/, heard: said(['hello', false]) },
  'say several': { says: /^a\nb\n$/, heard: said(['a', false], ['b', false]) },
  'the lines of a file': { says: /^one\ntwo\n$/, heard: said(['one', false], ['two', false]) },
  'a binary message': { says: /^/, heard: said(['AP8=', true]) },
  'listen a second more': { says: /^hello\n$/, heard: said(['hello', false]) },
  'a header': { says: /^$/, heard: header('x-tenant', /^7$/) },
  'an origin': { says: /^$/, heard: header('origin', /^https:\/\/app\.example\.com$/) },
  'a subprotocol': { says: /^$/, heard: header('sec-websocket-protocol', /^chat$/) },
  'user and password': { says: /^$/, heard: header('authorization', /^Basic YW5uOnB3$/) },
  Digest: { says: /^$/, playground: true },
  'trust any certificate': { says: /^$/, playground: true },
  'a proxy': { says: /^$/, playground: true },
  'follow redirects': { says: /^$/, playground: true },
  'a local socket': { says: /^$/, heard: header('host', /^localhost$/) },
  'keep it alive': { says: /^$/, heard: said() },
  'come back when dropped': { says: /^$/, heard: said() },
  'keep what was said': { says: /^hello\n$/, heard: said(['hello', false]) },
  'answer as a server': { says: /^ws:\/\/127\.0\.0\.1:\d+\/\n/, stays: true },
  'see the handshake': { says: /Sec-WebSocket-Accept/i },
};

describe('the table for who comes from wscat, websocat or curl', () => {
  let cli: BuiltCli;
  let playground: Playground;
  let folder: string;
  const servers: Server[] = [];
  let asked: { headers: IncomingMessage['headers']; messages: [string, boolean][] }[] = [];

  /** Echoes, and keeps what it was asked. */
  async function listen(to: number | string): Promise<number> {
    const server = createServer();
    const echoes = new WebSocketServer({ server });
    echoes.on('connection', (socket, request) => {
      const visit = { headers: request.headers, messages: [] as [string, boolean][] };
      asked.push(visit);
      socket.on('message', (data: Buffer, binary) => {
        visit.messages.push([binary ? data.toString('base64') : data.toString(), binary]);
        socket.send(data, { binary });
      });
    });
    if (typeof to === 'number') server.listen(to, '127.0.0.1');
    else server.listen(to);
    await once(server, 'listening');
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  let port: number;
  before(async function () {
    if (process.platform === 'win32') return this.skip();
    this.timeout(180_000);
    cli = await buildCli();
    playground = await startPlayground({ port: 0 });
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-table-'));
    writeFileSync(join(folder, 'lines.txt'), 'one\ntwo\n');
    writeFileSync(join(folder, 'bytes.bin'), Buffer.from([0, 255]));
    port = await listen(0);
    await listen(join(folder, 'app.sock'));
  });
  after(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    await playground?.stop();
    await cli?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const section = /## Coming from wscat, websocat or curl\n([^]*?)\n## /.exec(
    readFileSync('docs/TERMINAL.md', 'utf8'),
  )?.[1];
  const rows = Array.from(
    (section ?? '').matchAll(/^\| ([^|]+) \| (`.*`) \| `(wsprobe [^`]*)` \|$/gm),
    ([, job = '', , line = '']) => [job, line] as const,
  );

  it('has the jobs that are looked at here', () =>
    deepStrictEqual(
      rows.map(([job]) => job),
      Object.keys(JOBS),
    ));

  for (const [job, line] of rows) {
    it(line, async function () {
      this.timeout(180_000);
      asked = [];
      const { heard, playground: isPlayground, says, stays } = JOBS[job] ?? { says: /^never$/ };
      const portOf = (url: string) => new URL(url).port;
      const here = line
        .replace(/^wsprobe /, '')
        .replaceAll(':4480', `:${isPlayground ? portOf(playground.http) : port}`)
        .replaceAll(':4481', `:${portOf(playground.tls.good)}`)
        .replaceAll(':4498', `:${portOf(playground.proxies.connect)}`)
        .replace(':9080', ':0')
        .replace('/tmp/app.sock', join(folder, 'app.sock'));
      const env = { ...process.env, NO_COLOR: '1', NO_PROXY: '' };
      const child = spawn('sh', ['-c', `exec "$0" "$1" ${here}`, process.execPath, cli.path], { cwd: folder, env });
      child.stdin.end();
      let [out, err] = ['', ''];
      child.stdout.on('data', (data: Buffer) => {
        out += data.toString();
        if (stays && says.test(out)) child.kill('SIGTERM');
      });
      child.stderr.on('data', (data: Buffer) => (err += data.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      if (!stays) equal(code, 0, err);
      match(out, says);
      if (!heard) return;
      const [visit, ...others] = asked;
      ok(visit && others.length === 0, JSON.stringify(asked));
      heard(visit);
    });
  }
});
