import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { runCli } from '../../../src/cli/main.js';
import { COMMAND_OPTIONS, type CommandName, FORMAT_NAMES } from '../../../src/cli/optionTable.js';
import { EXPERIMENT_NAMES } from '../../../src/core/base/experiment.js';
import { type JobKinds, JOBS } from '../../../src/core/jobs.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { callTool } from '../../../src/core/tools/callTool.js';
import { TOOL_NAMES, type ToolName } from '../../../src/core/tools/definitions.js';
import { McpWorld } from '../../../src/mcp/world.js';
import { TraceCollector } from '../../support/traceCollector.js';
import { type FakeIo, fakeIo } from '../cli/fakeIo.js';
import { useTempFolder } from '../record/temp.js';
import { FakeDevtools } from '../tap/devtools/fakeDevtools.js';
import { inTurn, type PlantedServer } from '../../support/leakPlaces.js';
import { SECRET } from '../../support/plantedSecret.js';
import { askOfTap, type Outputs, TAP_PLANS, tracesIn } from './searchedRequests.js';

/** Commands whose outputs are not searched here, and why. */
const OTHER_COMMANDS: Partial<Record<CommandName, string>> = {
  probe: 'noSecretLeaves',
  run: 'noSecretLeaves',
  connect: 'noSecretLeaves',
  watch: 'noSecretLeaves',
  init: 'with convert: it reads what that reads',
  explain: 'it is told a code',
  playground: 'it knows no secret',
  completion: 'words of ours',
};

/** Kinds of job that are not started here, and why. */
const OTHER_JOBS: Partial<Record<keyof JobKinds, string>> = {
  attach: 'the command attaches in the same way',
  'attach.targets': 'names of programs, before anything of theirs is seen',
  playground: 'it knows no secret',
  'tap.forgetAuthority': 'whether there was one; it would forget that of who runs this',
};

const ENV = { WSPROBE_SECRET_T: SECRET, NO_PROXY: '*', XDG_DATA_HOME: '/nonexistent' };

describe('A secret leaves by no other door', function () {
  this.timeout(300_000);
  const folder = useTempFolder();
  const servers: PlantedServer[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop();
  });

  async function serve(opens: boolean): Promise<PlantedServer> {
    const server = await inTurn(SECRET, { opens });
    servers.push(server);
    return server;
  }

  function profileOf({ url }: PlantedServer, more: object = {}): string {
    return JSON.stringify({
      url,
      name: 'with ${secret:t} in its name',
      headers: { 'X-Token': '${secret:t}' },
      messages: [{ name: 'say ${secret:t}', send: '${secret:t}' }],
      ...more,
    });
  }

  function fileOf(name: string, server: PlantedServer, more: object = {}): string {
    const file = folder.path(name);
    writeFileSync(file, profileOf(server, more));
    return file;
  }

  async function wsprobe(argv: readonly string[], outputs: Outputs, options: Parameters<typeof fakeIo>[0] = {}) {
    const io = fakeIo({ env: ENV, stdin: '', cwd: folder.path('.'), ...options });
    const code = await runCli(argv, io);
    outputs.set(`${argv.join(' ')} (${code})`, io.out() + io.err());
    return io;
  }

  /** A command that serves until it is interrupted. */
  async function serving(
    argv: readonly string[],
    address: (io: FakeIo) => string | undefined,
    outputs: Outputs,
    work: (address: string, io: FakeIo) => Promise<void>,
  ): Promise<void> {
    const io = fakeIo({ env: ENV, stdin: '', cwd: folder.path('.') });
    const running = { isOver: false };
    const done = runCli(argv, io).finally(() => (running.isOver = true));
    while (address(io) === undefined && !running.isOver) await new Promise((resolve) => setImmediate(resolve));
    try {
      await work(address(io) ?? assert.fail(`${argv.join(' ')}: ${io.err()}`), io);
    } finally {
      io.signal('SIGINT');
    }
    await done;
    outputs.set(argv.join(' '), io.out() + io.err());
  }

  function addFiles(path: string, outputs: Outputs): void {
    if (!existsSync(path)) return;
    if (statSync(path).isFile()) outputs.set(`file ${path}`, readFileSync(path, 'latin1'));
    else for (const name of readdirSync(path)) addFiles(join(path, name), outputs);
  }

  function assertNone(outputs: Outputs): void {
    assert.deepEqual(tracesIn(outputs), []);
    assert.ok(outputs.size > 0);
  }

  /** What a client says to a server of ours, and how it ended. */
  async function visit(url: string, said: readonly string[], headers: Record<string, string> = {}): Promise<void> {
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    await new Promise<void>((resolve) => {
      socket.on('open', () => {
        for (const text of said) socket.send(text);
        socket.close(1000);
      });
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
  }

  async function recordingOf(name: string): Promise<string> {
    const file = folder.path(`${name}.wsrec`);
    const profile = fileOf(`${name}.wsprobe`, await serve(true));
    for (const _ of [1, 2, 3, 4]) {
      await runCli(
        ['connect', profile, '--record', file, '--json', '--send', `{"say":"${SECRET.replaceAll('"', '\\"')}"}`],
        fakeIo({ env: ENV, stdin: '' }),
      );
    }
    return file;
  }

  const CHECKS: Readonly<Record<string, (outputs: Outputs) => Promise<void>>> = {
    async lab(outputs) {
      for (const experiment of ['handshake', ...EXPERIMENT_NAMES]) {
        const file = fileOf(`${experiment}.wsprobe`, await serve(false));
        const options = ['--for', '300ms', '--connections', '5', '--json-path', '$.n', '--timeout', '300ms', '-y'];
        const known = experiment === 'handshake' ? ['--timeout', '300ms'] : options;
        await wsprobe(['lab', experiment, file, ...known], outputs);
        await wsprobe(['lab', experiment, file, '--json', ...known], outputs);
      }
      for (const header of ['x-session', 'set-cookie']) {
        const file = fileOf('sticky.wsprobe', await serve(true));
        await wsprobe(['lab', 'sticky', file, '--connections', '5', '--response-header', header, '-y'], outputs);
        await wsprobe(['lab', 'sticky', file, '--connections', '5', '--json-path', '$.token', '-y'], outputs);
        await wsprobe(['lab', 'sequence', file, '--for', '300ms', '--json-path', '$.token', '-y'], outputs);
      }
    },

    async exporter(outputs) {
      const file = fileOf('exported.wsprobe', await serve(false), { name: 'exported' });
      const argv = ['exporter', file, '--listen', '127.0.0.1:0'];
      const address = (io: FakeIo) => /http:\S+/.exec(io.out())?.[0];
      await serving(argv, address, outputs, async (base) => {
        for (let count = 0; count < 9; count++) {
          const answer = await fetch(`${base}/probe?profile=exported`);
          outputs.set(`scrape ${count}`, `${JSON.stringify([...answer.headers])}${await answer.text()}`);
        }
        outputs.set('metrics', await (await fetch(`${base}/metrics`)).text());
      });
    },

    async otlp(outputs) {
      const ending: (() => Promise<unknown>)[] = [];
      const collector = await TraceCollector.start(ending);
      const file = fileOf('traced.wsprobe', await serve(false), { message: { send: '${secret:t}', samples: 1 } });
      for (let count = 0; count < 9; count++) {
        await wsprobe(['probe', file, '--otlp', `${collector.url}/?key=1`, '--timeout', '500ms'], outputs);
      }
      collector.answer = (response) => response.writeHead(400, `no ${encodeURIComponent(SECRET)}`).end(SECRET);
      await wsprobe(['run', file, '--otlp', collector.url, '--timeout', '500ms'], outputs);
      assert.ok(collector.received.length > 5);
      outputs.set('traces', JSON.stringify(collector.received));
      for (const end of ending) await end();
    },

    async tap(outputs) {
      const { url } = await serve(false);
      const captures = folder.path('captures');
      const argv = ['tap', '--target', url, '--record', captures, '--json', '--metrics', '127.0.0.1:0'];
      const own = ['-H', `X-Token: ${SECRET}`, '--bearer', SECRET, '--cookie', `a=${SECRET.replaceAll('"', '')}`];
      const address = (io: FakeIo) => /wsprobe: (wss?:\/\/\S+) leads to/.exec(io.err())?.[1];
      for (const options of [own, []]) {
        // A client's own credentials are learned from its handshake.
        const headers = options.length > 0 ? {} : { Authorization: `Bearer ${SECRET}`, Cookie: `sid=${SECRET}` };
        for (const told of [argv, ['tap', '--target', url]]) {
          const seen: Outputs = new Map();
          await serving([...told, ...options], address, seen, async (at, io) => {
            for (let count = 0; count < 9; count++) await visit(at, [`say ${SECRET}`, SECRET], headers);
            const metrics = /metrics at (\S+)/.exec(io.err())?.[1];
            if (metrics) outputs.set(`metrics ${options.length}`, await (await fetch(metrics)).text());
          });
          // What the options say stands in the command itself.
          outputs.set(`tap ${told.length} ${options.length}`, [...seen.values()].join('\n'));
        }
      }
      addFiles(captures, outputs);
    },

    async attach(outputs) {
      const file = folder.path('attached.wsrec');
      for (const options of [[], ['--json', '--record', file]]) {
        const devtools = await new FakeDevtools().listen();
        const io = fakeIo({ env: ENV, stdin: '' });
        const done = runCli(['attach', `ws://${devtools.host}/devtools/page/p`, ...options], io);
        while (!io.err().includes('attached to')) await new Promise((resolve) => setTimeout(resolve, 5));
        devtools.created('1', `ws://shop.test/orders?token=${encodeURIComponent(SECRET)}`);
        devtools.emit('Network.webSocketWillSendHandshakeRequest', {
          requestId: '1',
          timestamp: 0,
          wallTime: 1,
          request: { headers: { Authorization: `Bearer ${SECRET}`, Cookie: `sid=${SECRET}`, 'X-Api-Key': SECRET } },
        });
        devtools.opened('1', { 'Set-Cookie': `sid=${SECRET}`, 'X-Session': SECRET });
        devtools.frame('1', `{"token":"${SECRET}"}`);
        devtools.frame('1', Buffer.from(SECRET).toString('base64'), { opcode: 2 });
        devtools.emit('Network.webSocketFrameSent', {
          requestId: '1',
          timestamp: 2,
          response: { opcode: 1, mask: true, payloadData: SECRET },
        });
        devtools.emit('Network.webSocketFrameError', { requestId: '1', timestamp: 3, errorMessage: `bad ${SECRET}` });
        devtools.emit('Network.webSocketClosed', { requestId: '1', timestamp: 3 });
        while (!/close|Closed/.test(io.out())) await new Promise((resolve) => setTimeout(resolve, 5));
        io.signal('SIGINT');
        await done;
        outputs.set(`attach ${options.join(' ')}`, io.out() + io.err());
        await devtools.stop();
      }
      addFiles(file, outputs);
    },

    async show(outputs) {
      const file = await recordingOf('shown');
      for (const options of [[], ['--wire'], ['--operations'], ['--json'], ['--filter', 'hunter2']])
        await wsprobe(['show', file, ...options], outputs);
      for (const to of FORMAT_NAMES.filter((name) => name !== 'wsrec' && name !== 'monitor')) {
        const out = folder.path(`shown.${to}`);
        await wsprobe(['convert', file, out, '--to', to, '--force'], outputs);
        addFiles(out, outputs);
      }
    },

    async diff(outputs) {
      const [one, two] = [await recordingOf('one'), await recordingOf('two')];
      await wsprobe(['diff', one, two], outputs);
      await wsprobe(['diff', one, two, '--json'], outputs);
      const file = fileOf('diffed.wsprobe', await serve(false));
      for (const name of ['r1', 'r2', 'r3', 'r4']) {
        const io = await wsprobe(['probe', file, '--json'], outputs);
        writeFileSync(folder.path(`${name}.json`), io.out());
      }
      for (const name of ['r2', 'r3', 'r4'])
        await wsprobe(['diff', folder.path('r1.json'), folder.path(`${name}.json`)], outputs);
    },

    async replay(outputs) {
      const file = await recordingOf('replayed');
      for (const connection of ['1', '2', '3', '4'])
        for (const options of [[], ['--json'], ['--pace', 'fast', '-v'], ['--reporter', 'junit']]) {
          const profile = fileOf('to.wsprobe', await serve(true));
          const of = ['--connection', connection, '--timeout', '500ms'];
          await wsprobe(['replay', file, profile, ...of, ...options], outputs);
        }
    },

    async mock(outputs) {
      const steps = [{ expect: { contains: '${secret:t}' } }, { send: '${secret:t}' }, { expect: { equals: 'x' } }];
      const profile = fileOf('mocked.wsprobe', await serve(true), { steps });
      const recording = await recordingOf('mock');
      const address = (io: FakeIo) => /wss?:\/\/\S+/.exec(io.out() + io.err())?.[0]?.replaceAll(/["',]+.*$/g, '');
      const headers = { Authorization: `Bearer ${SECRET}` };
      for (const file of [profile, recording])
        for (const options of [[], ['--json']])
          await serving(['mock', file, ...options], address, outputs, async (at) => {
            for (let count = 0; count < 4; count++) await visit(at, [SECRET, `say ${SECRET}`], headers);
          });
    },

    async contract(outputs) {
      const file = await recordingOf('learned');
      const learned = folder.path('contract.json');
      await wsprobe(['contract', 'learn', file, '-o', learned], outputs);
      addFiles(learned, outputs);
      await wsprobe(['contract', 'check', learned, await recordingOf('checked')], outputs);
      await wsprobe(['contract', 'check', learned, file, '--json'], outputs);
      await wsprobe(['contract', 'export', learned], outputs);
    },

    async convert(outputs) {
      const plain = SECRET.replaceAll('"', '');
      const lines = [
        `curl -H "Authorization: Bearer ${plain}" -H 'Cookie: sid=${plain}' 'wss://h.test/?token=${plain}'`,
        `websocat -H='Authorization: Bearer ${plain}' 'wss://h.test/?access_token=${plain}'`,
        `wscat -c 'wss://user:${plain}@h.test/' --auth 'u:${plain}'`,
      ];
      for (const [index, line] of lines.entries()) {
        for (const to of FORMAT_NAMES.filter((name) => !['wsrec', 'har', 'jsonl', 'monitor'].includes(name))) {
          const out = folder.path(`line${index}.${to}`);
          await wsprobe(['convert', '-', out, '--to', to, '--force'], outputs, { stdin: line });
          addFiles(out, outputs);
        }
        const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
        await wsprobe(['init', ...words, '-o', '-'], outputs);
      }
      const profile = fileOf('converted.wsprobe', await serve(true), { message: { send: '${secret:t}' } });
      for (const to of FORMAT_NAMES.filter((name) => !['wsprobe', 'wsrec', 'har', 'jsonl', 'monitor'].includes(name))) {
        const out = folder.path(`converted.${to}`);
        await wsprobe(['convert', profile, out, '--to', to, '--force'], outputs);
        addFiles(out, outputs);
      }
    },

    async mcp(outputs) {
      const text = profileOf(await serve(false), { name: 'agent' });
      fileOf('agent.wsprobe', await serve(false), { name: 'agent' });
      const resolved = resolveText(text, { env: {}, secrets: { t: SECRET }, baseDir: null });
      const world = new McpWorld({
        allow: [],
        root: folder.path('.'),
        env: {},
        host: 'here',
        listProfiles: async () => ['agent.wsprobe'],
        resolveProfile: async () => resolved,
      });
      const told: string[] = [];
      const asked = new Set<ToolName>();
      const call = { signal: new AbortController().signal, onProgress: (line: string) => told.push(line) };
      const ask = async (name: ToolName, input: object) => {
        const { text } = await callTool(world, name, input, call);
        outputs.set(`${name} ${outputs.size}`, text);
        asked.add(name);
        return text;
      };
      for (let count = 0; count < 9; count++) {
        await ask('wsprobe_probe', { profile: 'agent.wsprobe' });
        const text = await ask('wsprobe_connect', { profile: 'agent.wsprobe' });
        const sessionId = /^sessionId: (\S+)$/m.exec(text)?.[1];
        if (sessionId === undefined) continue;
        await ask('wsprobe_send', { sessionId, text: `say ${SECRET}` });
        await ask('wsprobe_read_frames', { sessionId });
        await ask('wsprobe_close', { sessionId, code: 1000, reason: 'done' });
        await ask('wsprobe_read_frames', { sessionId });
      }
      await ask('wsprobe_find_cure', { profile: 'agent.wsprobe' });
      await ask('wsprobe_explain_close', { code: 4401 });
      assert.deepEqual([...asked].sort(), [...TOOL_NAMES].sort());
      outputs.set('progress', told.join('\n'));
      await world.dispose();
    },

    async jobs(outputs) {
      const { url } = await serve(false);
      const text = profileOf({ url, stop: () => {} }, { steps: [{ expect: { contains: '${secret:t}' } }] });
      const { plan } = resolveText(text, { env: {}, secrets: { t: SECRET }, baseDir: null });
      assert.ok(plan);
      const short = { ...plan, timeouts: { connectMs: 500, upgradeMs: 500, messageMs: 300, closeMs: 300 } };
      const vantage = { host: 'here', remote: null };
      const told: unknown[] = [];
      const jobs = new Set<string>();
      const run = async <K extends keyof JobKinds>(kind: K, params: JobKinds[K]['params']) => {
        jobs.add(kind);
        const until = AbortSignal.timeout(1_000);
        const job = await JOBS[kind].start(params, (event) => void told.push(event), until);
        outputs.set(kind, JSON.stringify(await job.done.catch((error: Error) => String(error))));
      };
      await run('probe', { plan: short, vantage });
      await run('lab.handshake', { plan: short, vantage });
      for (const experiment of ['closes', 'sticky', 'ramp'] as const)
        await run('lab.experiment', { plan: short, vantage, experiment, settings: { connections: 5 } });
      const file = await recordingOf('job');
      await run('replay', { plan: short, vantage, file, connection: 1, pace: 'fast', ignore: [] });
      await run('replay.each', { plan: short, vantage, file, pace: 'fast', ignore: [] });
      await run('replay.connections', { file });
      const watch = { everyMs: 20 };
      await run('watch', { plan: short, profile: 'p', vantage, watch, history: folder.path('watched') });
      await run('mock', { file, port: 0 });
      await run('mock.profile', { plan: short, port: 0 });
      for (const [name, planned] of Object.entries(TAP_PLANS))
        await askOfTap(name, planned, { outputs, path: (file) => folder.path(file) });
      jobs.add('tap');
      assert.deepEqual([...jobs, ...Object.keys(OTHER_JOBS)].sort(), Object.keys(JOBS).sort());
      addFiles(folder.path('watched'), outputs);
      outputs.set('events', JSON.stringify(told));
    },
  };

  for (const [name, check] of Object.entries(CHECKS)) {
    it(`of ${name}`, async () => {
      const outputs: Outputs = new Map();
      await check(outputs);
      assertNone(outputs);
    });
  }

  it('is a check for every command', () => {
    const { jobs: _jobs, otlp: _otlp, ...commands } = CHECKS;
    const known = [...Object.keys(commands), ...Object.keys(OTHER_COMMANDS)];
    assert.deepEqual(known.sort(), Object.keys(COMMAND_OPTIONS).sort());
  });
});
