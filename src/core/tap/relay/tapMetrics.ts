import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram } from 'prom-client';
import { processFacts } from '../../lab/processFacts.js';
import { CONTENT_TYPES, formatOf, say, send } from '../../watch/exporter/answers.js';
import { type Format, registryFor } from '../../watch/exporter/probeMetrics.js';
import { formatAuthority, isLoopbackName } from '../../base/address.js';
import { whyRefused } from '../../watch/exporter/visitor.js';
import { type Lane, TAP_REASONS, type TapReason, type TapSummary } from '../../session/tapState.js';

const SLOW_MS = 10_000;
const SESSION_S = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];
const MESSAGES = [0, 1, 5, 10, 50, 100, 500, 1000, 10_000, 100_000];
const ROUND_TRIP_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What passes a tap, as metrics. Two registries: writing one as OpenMetrics renames its counters. */
export class TapMetrics {
  readonly #sets: Readonly<Record<Format, ReturnType<typeof counted>>> = {
    openmetrics: counted('openmetrics'),
    text: counted('text'),
  };

  began(reconnected: boolean): void {
    for (const { connections, reconnects } of Object.values(this.#sets)) {
      connections.inc();
      if (reconnected) reconnects.inc();
    }
  }

  passed(lane: Lane, bytes: number, ends: boolean): void {
    for (const set of Object.values(this.#sets)) {
      if (ends) set.messages.inc({ direction: lane });
      set.bytes.inc({ direction: lane }, bytes);
    }
  }

  roundTrip(ms: number): void {
    for (const { roundTrips } of Object.values(this.#sets)) roundTrips.observe(ms / 1000);
  }

  ended(reason: TapReason, lifetimeMs: number, messages: number): void {
    for (const set of Object.values(this.#sets)) {
      set.disconnects.inc({ reason });
      set.sessions.observe(lifetimeMs / 1000);
      set.sessionMessages.observe(messages);
    }
  }

  async write(format: Format, summary: TapSummary, pid: number | null): Promise<string> {
    const set = this.#sets[format];
    set.active.set(summary.active);
    set.stale.set(summary.stale);
    set.storm.set(summary.isStorm ? 1 : 0);
    if (pid !== null) {
      const { files, memoryBytes } = await processFacts(pid);
      set.memory.set(memoryBytes ?? Number.NaN);
      set.files.set(files ?? Number.NaN);
    }
    return set.registry.metrics();
  }
}

function counted(format: Format) {
  const registry = registryFor(format);
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `wsprobe_tap_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `wsprobe_tap_${name}`, help, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `wsprobe_tap_${name}`, help, buckets, registers });
  const set = {
    registry,
    active: gauge('connections', 'Connections that are open.'),
    connections: counter('connections_total', 'Connections, from their upgrade request on.'),
    disconnects: counter('disconnects_total', 'Ends of connections by reason.', ['reason']),
    messages: counter('messages_total', 'Messages that passed.', ['direction']),
    bytes: counter('bytes_total', 'Payload bytes of the messages that passed.', ['direction']),
    sessions: histogram('session_seconds', 'How long connections were open.', SESSION_S),
    sessionMessages: histogram('session_messages', 'Messages of a connection, both ways.', MESSAGES),
    roundTrips: histogram('round_trip_seconds', 'From a ping to its pong.', ROUND_TRIP_S),
    reconnects: counter('reconnects_total', 'Connections of a client that had one before.'),
    stale: gauge('stale_connections', 'Connections on which nothing passed for five minutes.'),
    storm: gauge('storm', '1 when ten times as many connections begin as in a usual minute.'),
    memory: gauge('server_resident_memory_bytes', 'Memory of the server, where --pid names it.'),
    files: gauge('server_open_files', 'Open files of the server, where --pid names it.'),
  };
  // From the beginning: a counter that appears with 1 has no increase.
  for (const reason of TAP_REASONS) set.disconnects.inc({ reason }, 0);
  for (const direction of ['toClient', 'toServer']) {
    set.messages.inc({ direction }, 0);
    set.bytes.inc({ direction }, 0);
  }
  return set;
}

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly write: (format: Format) => Promise<string>;
}

/** Answers `/metrics` and `/-/healthy`. */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer({ headersTimeout: SLOW_MS, requestTimeout: SLOW_MS }, (request, response) => {
      this.#answer(request, response).catch(() => say(response, 500, 'The metrics could not be written.'));
    });
  }

  /** Rejects with the system's error where it cannot listen. Gives its address. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { address, port: taken } = this.#server.address() as AddressInfo;
    return `http://${formatAuthority(address, taken)}/metrics`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = whyRefused(request.headers, isLoopbackName(this.#options.host));
    if (refused !== null) return say(response, 403, refused);
    const [path] = (request.url ?? '').split('?');
    if (path === '/-/healthy') return say(response, 200, 'The tap is healthy.');
    if (path !== '/metrics') return say(response, 404, 'There is /metrics and /-/healthy.');
    const format = formatOf(request);
    send(response, 200, await this.#options.write(format), CONTENT_TYPES[format]);
  }
}
