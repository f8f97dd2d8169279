import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { PhaseName, Report } from '../../src/core/base/model.js';
import { type Certificates, makeCertificates } from '../../src/core/playground/certificates.js';
import { runProbe } from '../../src/core/probe/runProbe.js';
import type { ProxyRoute } from '../../src/core/base/plan.js';
import { type Network, systemNetwork } from '../../src/core/transport/network.js';
import { planFor } from '../support/plan.js';
import { Capture, type Segment, type Stream } from './support/capture.js';
import { programFor } from './support/cases.js';
import type { Delays, SlowServerPorts, SlowServerSetup } from './support/slowServer.js';

const RUNS = 20;
const BAR_MS = 1;
const DELAYS: Delays = { proxy: 17, tls: 9, upgrade: 14, secondHalf: 4, echo: 6, close: 11 };

type Ports = SlowServerPorts;
/** Milliseconds of each phase. */
type Times = Partial<Record<PhaseName, number>>;

const WAYS: readonly (readonly [name: string, secure: boolean, proxied: boolean])[] = [
  ['ws', false, false],
  ['wss', true, false],
  ['ws through a proxy', false, true],
  ['wss through a proxy', true, true],
];

describe('the time of each phase, against a packet capture', () => {
  const program = programFor('tshark');
  if (program === null) return;
  let server: ChildProcess;
  let ports: Ports;
  let certificates: Certificates;
  let capture: Capture;
  before(async () => {
    certificates = await makeCertificates();
    server = fork('test/peers/support/slowServer.ts', { execArgv: ['--import', 'tsx'] });
    server.send({ ...certificates.good, delays: DELAYS } satisfies SlowServerSetup);
    [ports] = (await once(server, 'message')) as [Ports];
    capture = new Capture(program, [ports.ws, ports.wss, ports.proxy]);
    await capture.ready();
  });
  after(async () => {
    await capture?.stop();
    server?.kill();
  });

  for (const [name, secure, proxied] of WAYS) {
    it(`${name}: within ${BAR_MS} ms, median of ${RUNS}`, async function () {
      this.timeout(60_000);
      const plan = planOf(ports, certificates.caPem, secure, proxied);
      const told: Times[] = [];
      const clients: number[] = [];
      // The first finds nothing loaded yet, and does not count.
      for (let run = 0; run <= RUNS; run++) {
        const network = new NotingNetwork();
        const report = await runProbe(plan, { network });
        if (run === 0) continue;
        told.push(toldTimes(report));
        clients.push(network.localPort);
      }
      const seen: Times[] = [];
      for (const client of clients) seen.push(wireTimes(await capture.stream(client), secure, proxied));
      const rows = (Object.keys(seen[0] ?? {}) as PhaseName[]).map((phase) => compare(phase, told, seen));
      process.stdout.write(`${table(name, rows)}\n`);
      for (const { phase, median } of rows) {
        assert.ok(median <= BAR_MS, `${phase}: ${median.toFixed(3)} ms off`);
      }
    });
  }
});

/** Tells from which port it connected last. */
class NotingNetwork implements Network {
  localPort = 0;

  lookup(host: string) {
    return systemNetwork.lookup(host);
  }

  connect(address: string, family: 4 | 6, port: number): Socket {
    const socket = systemNetwork.connect(address, family, port);
    return socket.once('connect', () => {
      this.localPort = socket.localPort ?? 0;
    });
  }
}

function planOf(ports: Ports, caPem: string, secure: boolean, proxied: boolean) {
  const proxy: ProxyRoute = {
    kind: 'http',
    host: '127.0.0.1',
    port: ports.proxy,
    username: null,
    password: null,
    authorization: null,
    rejectUnauthorized: true,
    source: 'profile',
  };
  return planFor(secure ? `wss://127.0.0.1:${ports.wss}/` : `ws://127.0.0.1:${ports.ws}/`, {
    compression: false,
    message: { send: 'echo this', expect: 'echo', samples: 1 },
    expect: { holdMs: 0 },
    ...(secure ? { tls: { ca: [caPem] } } : {}),
    ...(proxied ? { proxyChoice: 'named', proxy } : {}),
  });
}

/** What the report says. Of the message it is the round trip: the phase lasts until the hold is over. */
function toldTimes(report: Report): Times {
  assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
  const { proxy, tcp, tls, upgrade, close } = Object.fromEntries(
    report.phases.map(({ name, durationMs }) => [name, durationMs]),
  ) as Times;
  const [message = Number.NaN] = report.roundTrips?.samplesMs ?? [];
  return JSON.parse(JSON.stringify({ tcp, proxy, tls, upgrade, message, close })) as Times;
}

/**
 * What the wire says. The client speaks in single segments, one after the answer to the one before: CONNECT, ClientHello,
 * Finished, the upgrade request, the message, Close.
 */
function wireTimes({ segments, isClient }: Stream, secure: boolean, proxied: boolean): Times {
  const client = segments.filter((segment) => isClient(segment) && segment.payload.length > 0);
  const syn = segments.find(({ syn, ack }) => syn && !ack);
  const synAck = segments.find(({ syn, ack }) => syn && ack);
  assert.ok(syn && synAck);
  const turn = [...client];
  const next = (what: string): Segment => {
    const segment = turn.shift();
    assert.ok(segment, `the capture has no ${what}`);
    return segment;
  };
  const connect = proxied ? next('CONNECT') : null;
  const hello = secure ? next('ClientHello') : null;
  const finished = secure ? next('Finished') : null;
  // OpenSSL keeps its Finished back until there is something to send with it.
  const request = finished && tlsRecords(finished.payload) > 2 ? finished : next('upgrade request');
  const message = next('message');
  const close = next('Close');
  /** The last byte of the server before the client's next turn. */
  const answerTo = (asked: Segment, before: Segment | null): number => {
    const answers = segments.filter(
      (segment) =>
        !isClient(segment) &&
        segment.payload.length > 0 &&
        segment.atMs > asked.atMs &&
        (before === null || segment.atMs < before.atMs),
    );
    const last = answers.at(-1);
    assert.ok(last, 'the capture has no answer');
    return last.atMs - asked.atMs;
  };
  return {
    tcp: synAck.atMs - syn.atMs,
    ...(connect ? { proxy: answerTo(connect, hello ?? request) } : {}),
    ...(hello && finished ? { tls: finished.atMs - hello.atMs } : {}),
    upgrade: answerTo(request, message),
    message: answerTo(message, close),
    close: answerTo(close, null),
  };
}

/** How many records (RFC 8446 5.1) a segment holds: ChangeCipherSpec, Finished, data. */
function tlsRecords(payload: Buffer): number {
  let records = 0;
  for (let at = 0; at + 5 <= payload.length; at += 5 + payload.readUInt16BE(at + 3)) records += 1;
  return records;
}

interface Row {
  readonly phase: PhaseName;
  readonly told: number;
  readonly seen: number;
  /** Of the absolute difference. */
  readonly median: number;
  readonly worst: number;
}

function compare(phase: PhaseName, told: readonly Times[], seen: readonly Times[]): Row {
  const ours = told.map((times) => times[phase] ?? Number.NaN);
  const wire = seen.map((times) => times[phase] ?? Number.NaN);
  const off = ours.map((ms, run) => Math.abs(ms - (wire[run] ?? Number.NaN)));
  return { phase, told: medianOf(ours), seen: medianOf(wire), median: medianOf(off), worst: Math.max(...off) };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

function table(name: string, rows: readonly Row[]): string {
  const cells = (values: readonly string[]) => `      ${values.map((value) => value.padStart(10)).join('')}`;
  const ms = (value: number) => value.toFixed(3);
  return [
    `      ${name}, milliseconds, medians of ${RUNS}`,
    cells(['phase', 'report', 'wire', 'off', 'worst']),
    ...rows.map(({ phase, told, seen, median, worst }) => cells([phase, ms(told), ms(seen), ms(median), ms(worst)])),
  ].join('\n');
}
