import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { REPORTER_NAMES } from '../../../src/cli/optionTable.js';
import type { ProbeProgress, Report } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { toCurl, toNode, toWebsocat, toWscat } from '../../../src/core/convert/copyAs.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { exportSource } from '../../../src/core/session/exportSource.js';
import { LiveSource } from '../../../src/core/session/liveSource.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { ShownLog } from '../../../src/core/session/shownLog.js';
import type { SessionEvent } from '../../../src/core/base/sessionEvent.js';
import { renderSessionEvent } from '../../../src/core/text/sessionEventText.js';
import { explainDialectClose } from '../../../src/core/dialects/explainDialectClose.js';
import { SessionService } from '../../../src/engine/sessions/sessionService.js';
import { probeLine, sessionBegunLine, sessionEndedLine } from '../../../src/host/logLines.js';
import { SESSION_METHODS } from '../../../src/protocol/acts.js';
import { TestPlans } from '../../support/plans.js';
import { fakeIo } from '../cli/fakeIo.js';
import { useTempFolder } from '../record/temp.js';
import { PLACES, type PlantedServer } from '../../support/leakPlaces.js';
import { SECRET, SPELLINGS } from '../../support/plantedSecret.js';
import { askOfMessages, askOfTap, type Outputs, TAP_PLANS, tracesIn } from './searchedRequests.js';

/** Keys of a report that hold nothing but what we say ourselves, or what the person wrote. */
const OWN_KEYS = [
  'schema',
  'dialect',
  'name',
  'url',
  'startedAt',
  'durationMs',
  'verdict',
  'vantage',
  'phases',
  'attempts',
  'request',
  'roundTrips',
  'expectations',
  'steps',
  'clients',
  'differential',
  'findings',
];

/** Requests about a session whose answers are searched below. */
const SEARCHED = [
  'sessionOpen',
  'sessionSnapshot',
  'sessionReport',
  'sessionOperations',
  'sessionExchanges',
  'sessionRows',
  'sessionConversation',
  'sessionLearnContract',
  'sessionHoldContract',
  'contractExport',
  'sessionRead',
  'sessionExport',
  'recordingOpen',
  'recordingImport',
  'viewOpen',
  'viewRows',
  'viewFind',
  'viewPayload',
  'viewDecoded',
  'viewLine',
  'jsonPaths',
  'filterComplete',
  // By conversations of a probe, which runs the same steps.
  'sessionSteps',
  'tapBreak',
  'tapEndFault',
  'tapFaults',
  'tapHeld',
  'tapInject',
  'tapRelease',
  'tapReleaseAll',
  'tapProfile',
  'tapReport',
  'tapSetFaults',
];
/** Those that answer with nothing, a number, or words of ours. */
const SILENT = [
  'sessionSend',
  'sessionSentRow',
  'sessionResend',
  'sessionRepeat',
  'sessionStopRepeat',
  'sessionStopSteps',
  'sessionSendRaw',
  'sessionPing',
  'sessionPong',
  'sessionClose',
  'sessionTerminate',
  'sessionHalfClose',
  'sessionReconnect',
  'sessionPause',
  'sessionRefusePong',
  'sessionClear',
  'sessionMark',
  'sessionRecord',
  'sessionDispose',
  'sessionReleaseContract',
  'viewClose',
  'viewRowOf',
  'viewPair',
  // It is told a path of the person's own.
  'pathProblem',
];

const ENV = { WSPROBE_SECRET_T: SECRET, NO_PROXY: '*' };

function profileOf(server: PlantedServer): string {
  const { url, profile } = server;
  return JSON.stringify({
    url,
    ...profile,
    name: 'with ${secret:t} in its name',
    headers: { 'X-Token': '${secret:t}' },
    message: { send: 'ask ${uuid}', expect: { contains: 'never said' }, timeoutMs: 2_000 },
    expect: { headers: { 'X-Why': { equals: 'nothing ${secret:t}' } } },
  }).replace(',"timeoutMs":2000', '');
}

function planOf(server: PlantedServer): ProbePlan {
  const { plan, problems } = resolveText(profileOf(server), { env: {}, secrets: { t: SECRET }, baseDir: null });
  assert.ok(plan, JSON.stringify(problems));
  return { ...plan, timeouts: { connectMs: 5_000, upgradeMs: 5_000, messageMs: 2_000, closeMs: 1_000 } };
}

async function probeOutputs(server: PlantedServer, outputs: Outputs): Promise<Report> {
  const progress: ProbeProgress[] = [];
  const report = await runProbe(planOf(server), {
    host: 'here',
    remote: null,
    onProgress: (told) => progress.push(told),
  });
  outputs.set('report', JSON.stringify(report));
  outputs.set('progress', JSON.stringify(progress));
  const plan = planOf(server);
  const steps = [{ client: 'a', expect: { schema: { const: SECRET } }, withinMs: 100, line: 1 }];
  const conversation = await runProbe({ ...plan, message: null, steps, clients: [{ name: 'a', plan }] });
  outputs.set('conversation', JSON.stringify(conversation));
  return report;
}

async function cliOutputs(server: PlantedServer, path: (name: string) => string, outputs: Outputs): Promise<void> {
  const file = path('a.wsprobe');
  writeFileSync(file, profileOf(server));
  const commands = [
    ['probe', file],
    ['probe', file, '-v'],
    ['probe', file, '--json'],
    ['run', file, '-v'],
    ['connect', file, '--json', '--record', path('cli.wsrec')],
    ['connect', file, '-v'],
    ['watch', file, '--count', '2', '--every', '5ms', '--history', path('kept')],
    ['watch', file, '--count', '2', '--every', '5ms', '--held', '--json'],
  ];
  for (const command of commands) {
    const io = fakeIo({ env: ENV, stdin: '' });
    await runCli(command, io);
    // What a program gets from its peer by a pipe is the peer's bytes as they came: out of reach.
    const isPipe = command[0] === 'connect' && !command.includes('--json');
    outputs.set(`wsprobe ${command.join(' ').replaceAll(file, 'FILE')}`, isPipe ? io.err() : io.out() + io.err());
  }
  const written = REPORTER_NAMES.map((reporter) => ['--reporter', `${reporter}=${path(`run.${reporter}`)}`]).flat();
  await runCli(['run', file, ...written, '--retry', '1', '--reports', path('reports')], fakeIo({ env: ENV }));
  for (const reporter of REPORTER_NAMES)
    outputs.set(`file of reporter ${reporter}`, readFileSync(path(`run.${reporter}`), 'utf8'));
  const [report = ''] = readdirSync(path('reports'));
  for (const kept of readdirSync(path('kept')))
    outputs.set(`history ${kept}`, readFileSync(join(path('kept'), kept), 'utf8'));
  outputs.set('file of --reports', readFileSync(join(path('reports'), report), 'utf8'));
}

async function sessionOutputs(server: PlantedServer, path: (name: string) => string, outputs: Outputs): Promise<void> {
  const plan = planOf(server);
  const events: SessionEvent[] = [];
  const labels: (string | null)[] = [];
  let ended = () => {};
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const source: LiveSource = new LiveSource({
    sessionId: 's1',
    plan,
    vantage: { host: 'here', remote: null },
    budget: { memoryBytes: 1 << 20, diskBytes: 0 },
    spillDir: null,
    onChange: () => {
      if (source.session.state === 'closed') ended();
    },
    onLabel: (_, label) => labels.push(label),
    listener: { onFrame: () => {}, onInflated: () => {}, onEvent: (event) => events.push(event) },
  });
  await source.open(path('live.wsrec'));
  if (source.session.state === 'open') source.session.close(1000, 'done');
  if (source.session.state !== 'closed') await over;
  outputs.set('session report', JSON.stringify(source.report));
  outputs.set('session snapshot', JSON.stringify(source.snapshot()));
  outputs.set('session events', JSON.stringify(events) + events.map((event) => renderSessionEvent(event)).join('\n'));
  const facts = source.connections.map(({ request: _request, response: _response, ...rest }) => rest);
  outputs.set('connections', JSON.stringify({ facts, header: source.header(), all: source.connections }));
  await addLog(source, 'session', outputs);
  for (const format of ['har', 'jsonl', 'wsrec'] as const) {
    await exportSource(source, format, path(`export.${format}`));
    outputs.set(`export ${format}`, readFileSync(path(`export.${format}`), 'utf8'));
  }
  await source.dispose();
  outputs.set('recording', readFileSync(path('live.wsrec'), 'utf8'));
  const recorded = await RecordedSource.open('s2', path('live.wsrec'));
  outputs.set('opened recording', JSON.stringify(recorded.snapshot()));
  await addLog(recorded, 'opened recording', outputs);
  await recorded.dispose();
  for (const shell of ['posix', 'powershell', 'cmd'] as const) {
    for (const copy of [toCurl, toNode, toWebsocat, toWscat])
      outputs.set(`${copy.name} for ${shell}`, JSON.stringify(copy(plan, { shell })));
  }
}

/** What the worker answers and announces: the host passes it on to the webview, and makes the lines of its log of it. */
async function panelOutputs(server: PlantedServer, path: (name: string) => string, outputs: Outputs): Promise<void> {
  const plans = new TestPlans();
  const told: unknown[] = [];
  let heard = () => {};
  const service = new SessionService(plans, {
    session: async (snapshot) => {
      told.push(snapshot);
      heard();
    },
    view: async (view) => told.push(view),
    secret: ({ name }) => Promise.reject(new Error(`no ${name}`)),
  }).handlers();
  const { signal } = new AbortController();
  const sessionId = 's1';
  const of = { sessionId };
  const keepTo = path('kept.wsrec');
  const opening = { plan: plans.add(planOf(server)), vantage: { host: 'here', remote: null }, recordTo: null, keepTo };
  const budget = { memoryBytes: 1 << 20, diskBytes: 0 };
  const report = await service.sessionOpen({ ...of, ...opening, budget }, signal);
  if ((await service.sessionSnapshot(of, signal)).state === 'open')
    await service.sessionClose({ ...of, code: 1000, reason: 'done' }, signal);
  let snapshot = await service.sessionSnapshot(of, signal);
  while (snapshot.state !== 'closed') {
    await new Promise<void>((resolve) => (heard = resolve));
    snapshot = await service.sessionSnapshot(of, signal);
  }
  const answers: unknown[] = [report, snapshot, await service.sessionReport(of, signal)];
  await askOfMessages({ service, sessionId, name: 'session', path, outputs, knowsSecrets: true });
  answers.push(await service.sessionRead({ ...of, after: -1, filter: '', limit: 100 }, signal));
  for (const mode of ['messages', 'wire'] as const) {
    const { viewId } = await service.viewOpen({ ...of, mode, filter: '' }, signal);
    const page = await service.viewRows({ viewId, from: 0, count: 1_000, paths: ['$..*'] }, signal);
    answers.push(page, await service.viewFind({ viewId, text: 'hunter', from: 0, backwards: false }, signal));
    for (const { id, kind } of page.rows) {
      if (kind === 'event') continue;
      const { bytes, ...rest } = await service.viewPayload({ ...of, id, mode, offset: 0, length: 10_000 }, signal);
      answers.push(rest, Buffer.from(bytes).toString(), await service.viewDecoded({ ...of, id, mode }, signal));
      answers.push(await service.viewLine({ ...of, id, mode }, signal));
    }
  }
  outputs.set('webview answers', JSON.stringify(answers));
  outputs.set('webview announcements', JSON.stringify(told));
  const { close, dialect, subprotocol } = snapshot;
  const { code, ...about } = close ?? { code: null };
  const words = code === null ? null : explainDialectClose(code, { dialect: dialect ?? subprotocol, ...about });
  outputs.set('webview close in words', JSON.stringify(words));
  const last = await service.sessionReport(of, signal);
  const lines = [probeLine(report, false), sessionBegunLine(snapshot.name, report), sessionEndedLine(snapshot)];
  outputs.set('log channel', [...lines, last ? probeLine(last, false) : ''].join('\n'));
  let kept = '';
  // Handed over at the end of each turn: the ending is the last line, where there is one.
  while (!kept.includes(code === null ? '\n' : '"type":"close"')) {
    await new Promise((resolve) => setImmediate(resolve));
    kept = readFileSync(keepTo, 'utf8');
  }
  outputs.set('kept log', kept);
  for (const format of ['har', 'jsonl', 'wsrec'] as const) {
    await service.sessionExport({ ...of, format, path: path(`panel.${format}`) }, signal);
    outputs.set(`exported ${format}`, readFileSync(path(`panel.${format}`), 'utf8'));
  }
  await service.sessionDispose(of, signal);
  const opened = await service.recordingOpen({ ...of, path: path('panel.wsrec') }, signal);
  await askOfMessages({ service, sessionId, name: 'opened', path, outputs, knowsSecrets: false });
  const imported = await service.recordingImport({ from: path('panel.har'), to: path('imported.wsrec') }, signal);
  outputs.set('webview recordings', JSON.stringify([opened, imported]));
  outputs.set('imported recording', readFileSync(path('imported.wsrec'), 'utf8'));
  await service.sessionDispose(of, signal);
}

async function addLog(source: Pick<LiveSource, 'log' | 'secrets'>, name: string, outputs: Outputs): Promise<void> {
  const shown = new ShownLog(source.log, source.secrets);
  for (const mode of ['messages', 'wire'] as const) {
    const rows = await shown.rows(await source.log.openView({ mode, filter: '' }).rows(0, 1_000), mode);
    outputs.set(`${name} rows (${mode})`, JSON.stringify(rows));
    const frames = rows.filter(({ kind }) => kind !== 'event');
    const payloads = await Promise.all(frames.map(({ id }) => shown.payload(id, mode, 0, 10_000)));
    outputs.set(`${name} payloads (${mode})`, payloads.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n'));
  }
}

describe('A secret that the other side tells back', () => {
  const folder = useTempFolder();

  for (const place of PLACES) {
    it(`leaves by no door: ${place.name}`, async function () {
      this.timeout(300_000);
      const found: string[] = [];
      for (const [spelling, text] of Object.entries(SPELLINGS)) {
        const server = await place.serve(text);
        const path = (name: string) => folder.path(`${PLACES.indexOf(place)} ${spelling} ${name}`);
        try {
          const outputs: Outputs = new Map();
          await probeOutputs(server, outputs);
          await sessionOutputs(server, path, outputs);
          await panelOutputs(server, path, outputs);
          if (spelling === 'plain') await cliOutputs(server, path, outputs);
          found.push(...tracesIn(outputs).map((trace) => `${spelling} in ${trace}`));
        } finally {
          server.stop();
        }
      }
      assert.deepEqual(found, []);
    });
  }

  for (const [name, plan] of Object.entries(TAP_PLANS)) {
    it(`leaves by no door: ${name}`, async function () {
      this.timeout(180_000);
      const outputs: Outputs = new Map();
      await askOfTap(name, plan, { outputs, path: (file) => folder.path(file) });
      assert.deepEqual(tracesIn(outputs), []);
    });
  }

  it('has its answer searched, whatever a session is asked', () => {
    assert.deepEqual([...SEARCHED, ...SILENT].sort(), [...SESSION_METHODS].sort());
  });

  it('has a place for every key of a report', () => {
    const schema = JSON.parse(readFileSync('media/schemas/report.schema.json', 'utf8')) as { properties: object };
    const known = new Set([...OWN_KEYS, ...PLACES.flatMap(({ keys }) => keys)]);
    assert.deepEqual([...known].sort(), Object.keys(schema.properties).sort());
  });
});
