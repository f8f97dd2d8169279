import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { PhaseName, Report } from '../../../src/core/base/model.js';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import type { ProxyRoute } from '../../../src/core/base/plan.js';
import { type Network, systemNetwork } from '../../../src/core/transport/network.js';
import { planFor } from '../../support/plan.js';
import { Capture, type Segment, type Stream } from './capture.js';
import type { Delays, SlowServerPorts, SlowServerSetup } from './slowServer.js';

const DELAYS: Delays = { proxy: 17, tls: 9, upgrade: 14, secondHalf: 4, echo: 6, close: 11 };

/** Milliseconds of each phase. */
export type Times = Partial<Record<PhaseName, number>>;

export interface Way {
  readonly name: string;
  readonly secure: boolean;
  readonly proxied: boolean;
}

export const WAYS: readonly Way[] = [
  { name: 'ws', secure: false, proxied: false },
  { name: 'wss', secure: true, proxied: false },
  { name: 'ws through a proxy', secure: false, proxied: true },
  { name: 'wss through a proxy', secure: true, proxied: true },
];

/** One probe, and what passed on loopback while it ran. */
export interface CapturedRun {
  readonly report: Report;
  readonly wire: WireTimes;
}

/** A server that takes its time, with a packet capture beside it. */
export class CapturedServer {
  readonly #server: ChildProcess;
  readonly #ports: SlowServerPorts;
  readonly #caPem: string;
  readonly #capture: Capture;

  private constructor(server: ChildProcess, ports: SlowServerPorts, caPem: string, capture: Capture) {
    this.#server = server;
    this.#ports = ports;
    this.#caPem = caPem;
    this.#capture = capture;
  }

  /** `program`: where dumpcap is. */
  static async start(program: string): Promise<CapturedServer> {
    const certificates = await makeCertificates();
    const server = fork('test/peers/support/slowServer.ts', { execArgv: ['--import', 'tsx'] });
    try {
      server.send({ ...certificates.good, delays: DELAYS } satisfies SlowServerSetup);
      const [ports] = (await once(server, 'message')) as [SlowServerPorts];
      const capture = new Capture(program, [ports.ws, ports.wss, ports.proxy]);
      await capture.ready();
      return new CapturedServer(server, ports, certificates.caPem, capture);
    } catch (error) {
      server.kill();
      throw error;
    }
  }

  /** The first probe of all finds nothing loaded yet, and does not count. */
  async run(way: Way, runs: number): Promise<readonly CapturedRun[]> {
    const plan = planOf(this.#ports, this.#caPem, way);
    const done: { readonly report: Report; readonly client: number }[] = [];
    for (let run = 0; run <= runs; run++) {
      const network = new NotingNetwork();
      const report = await runProbe(plan, { network });
      if (run > 0) done.push({ report, client: network.localPort });
    }
    const captured: CapturedRun[] = [];
    for (const { report, client } of done) {
      captured.push({ report, wire: wireTimes(await this.#capture.stream(client), way) });
    }
    return captured;
  }

  async stop(): Promise<void> {
    await this.#capture.stop();
    this.#server.kill();
  }
}

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

function planOf(ports: SlowServerPorts, caPem: string, { secure, proxied }: Way) {
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
export function toldTimes(report: Report): Times {
  assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
  const { proxy, tcp, tls, upgrade, close } = Object.fromEntries(
    report.phases.map(({ name, durationMs }) => [name, durationMs]),
  ) as Times;
  const [message = Number.NaN] = report.roundTrips?.samplesMs ?? [];
  return JSON.parse(JSON.stringify({ tcp, proxy, tls, upgrade, message, close })) as Times;
}

export interface WireTimes {
  /** From the first byte of what is asked to the last of its answer. */
  readonly took: Times;
  /** The longest that a phase can have been, whatever the machine did between two packets. */
  readonly atMost: Times;
}

/**
 * What the wire says. The client speaks in single segments, one after the answer to the one before: CONNECT, ClientHello,
 * Finished, the upgrade request, the message, Close.
 */
function wireTimes({ segments, isClient }: Stream, { secure, proxied }: Way): WireTimes {
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
  /** The last segment of the server between two turns of the client. */
  const answer = (asked: Segment, before: Segment | null): Segment => {
    const last = segments.findLast(
      (segment) =>
        !isClient(segment) &&
        segment.payload.length > 0 &&
        segment.atMs > asked.atMs &&
        (before === null || segment.atMs < before.atMs),
    );
    assert.ok(last, 'the capture has no answer');
    return last;
  };
  const tunnel = connect && answer(connect, hello ?? request);
  const flight = hello && finished && answer(hello, finished);
  const upgraded = answer(request, message);
  const reached = tunnel ?? synAck;
  return {
    took: {
      tcp: synAck.atMs - syn.atMs,
      ...(connect && tunnel ? { proxy: tunnel.atMs - connect.atMs } : {}),
      ...(hello && finished ? { tls: finished.atMs - hello.atMs } : {}),
      upgrade: upgraded.atMs - request.atMs,
      message: answer(message, close).atMs - message.atMs,
      close: answer(close, null).atMs - close.atMs,
    },
    // What began before the answer to the phase before, or ended after the next turn of the client, is not this phase.
    atMost: {
      ...(tunnel ? { proxy: (hello ?? request).atMs - synAck.atMs } : {}),
      ...(flight ? { tls: request.atMs - reached.atMs } : {}),
      upgrade: message.atMs - (flight ?? reached).atMs,
      message: close.atMs - upgraded.atMs,
    },
  };
}

/** How many records (RFC 8446 5.1) a segment holds: ChangeCipherSpec, Finished, data. */
function tlsRecords(payload: Buffer): number {
  let records = 0;
  for (let at = 0; at + 5 <= payload.length; at += 5 + payload.readUInt16BE(at + 3)) records += 1;
  return records;
}
