import type { Duplex } from 'node:stream';
import type { Failure } from '../../base/evidence.js';
import { type Frame, OPCODE } from '../../base/frame.js';
import type { CloseInfo, Direction, Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { disconnectReason, type DisconnectReason } from '../../close/disconnect.js';
import { generalMeaning } from '../../close/codeMeaning.js';
import { judgeFor } from '../../dialects/dialectJudge.js';
import { ownFrame } from '../../frames/borrowedFrame.js';
import { FrameDecoder } from '../../frames/frameDecoder.js';
import { KEEP_MESSAGE_BYTES } from '../../frames/log/frameLog.js';
import { endedWell, isAnswered } from '../../run/endedWell.js';
import type { ConnectionListener } from '../../run/connectionRun.js';
import { Run } from '../../run/run.js';
import { endsMessage } from '../../session/meters.js';
import type { ObservedSource } from '../../session/observedSource.js';
import { formatDuration } from '../../text/durations.js';
import { systemNetwork } from '../../transport/network.js';
import { loadTlsContexts } from '../../transport/tlsMaterial.js';
import { chance, LaneFaults, type Lane as LaneName, type NumberedFault } from '../faults/laneFaults.js';
import { acceptance, type ClientRequest, passedOn, refusal } from './clientHandshake.js';
import { ConnectionFaults, cut } from './connectionFaults.js';
import { ContentReader, takeoverOf } from './contentReader.js';
import { type Held, passOn, ShapedLane } from './lane.js';

/** How long the other side has to end by itself once one has. */
const ENDING_MS = 2_000;
const MAX_PINGS = 100;

/** Numbers of a connection, as it stands. */
export interface RelayedFigures {
  readonly connection: number;
  readonly peer: string;
  readonly openedMs: number | null;
  readonly messages: Readonly<Record<LaneName, number>>;
  readonly bytes: Readonly<Record<LaneName, number>>;
  /** When the last byte passed. */
  readonly lastMs: number;
}

export interface RelayedOptions {
  readonly connection: number;
  readonly request: ClientRequest;
  readonly client: Duplex;
  /** What came with the head. */
  readonly head: Uint8Array;
  readonly plan: ProbePlan;
  readonly vantage: Report['vantage'];
  readonly source: ObservedSource;
  readonly faults: readonly NumberedFault[];
  readonly random: () => number;
  /** Messages are looked at one by one: faults, breakpoints and injections may come. */
  readonly shaped: boolean;
  readonly holds: (message: { readonly binary: boolean; readonly bytes: Uint8Array }, lane: LaneName) => boolean;
  readonly onHeld: (message: Held, connection: number) => void;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  /** Payload of a data frame, and whether a message ends with it. */
  readonly onData: (lane: LaneName, bytes: number, ends: boolean) => void;
  /** From a ping to its pong. */
  readonly onRoundTrip: (ms: number) => void;
}

/** What became of it, once it is over. */
export interface RelayedEnd {
  readonly report: Report;
  readonly opened: boolean;
  readonly reason: DisconnectReason | null;
}

type Ender = 'client' | 'client-reset' | 'server' | 'fault' | 'tap';

/** An end without a Close frame that is not the server's doing, in words. */
const ENDED_BY: Readonly<Record<Exclude<Ender, 'server'>, string>> = {
  client: 'The client ended TCP (FIN) without a Close frame',
  'client-reset': 'The client reset TCP (RST)',
  fault: 'A fault of the tap ended the connection',
  tap: 'The tap ended the connection',
};

const DIRECTIONS: Readonly<Record<Direction, LaneName>> = { sent: 'toServer', received: 'toClient' };

/** One client's connection and ours to the server in its name. */
export class RelayedConnection {
  readonly #options: RelayedOptions;
  /** Null where nothing is compressed. */
  #readers: Readonly<Record<Direction, ContentReader>> | null = null;
  readonly #messages: Record<LaneName, number> = { toClient: 0, toServer: 0 };
  readonly #bytes: Record<LaneName, number> = { toClient: 0, toServer: 0 };
  readonly #sent: FrameDecoder;
  #lanes: Readonly<Record<LaneName, ShapedLane>> | null = null;
  #faults: ConnectionFaults | null = null;
  #server: Duplex | null = null;
  #run: Run<ConnectionListener> | null = null;
  #openedMs: number | null = null;
  #lastMs: number;
  #failure: Failure | null = null;
  /** Who ended it first, be it with a Close or without. */
  #endedBy: Ender | null = null;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #over: Promise<void>;
  #finish: () => void = () => {};

  constructor(options: RelayedOptions) {
    this.#options = options;
    const { source } = options;
    this.#lastMs = source.now();
    this.#over = new Promise((resolve) => (this.#finish = resolve));
    this.#sent = new FrameDecoder({
      direction: 'sent',
      keepPayloadBytes: KEEP_MESSAGE_BYTES,
      borrowPayload: true,
      onFrame: (frame) => this.#log(frame),
    });
  }

  get figures(): RelayedFigures {
    const { connection, request } = this.#options;
    const { peer } = request;
    return {
      connection,
      peer,
      openedMs: this.#openedMs,
      messages: this.#messages,
      bytes: this.#bytes,
      lastMs: this.#lastMs,
    };
  }

  /** From the client's request to the end of both sides; never rejects. */
  async serve(): Promise<RelayedEnd> {
    const { client, plan, signal, vantage } = this.#options;
    client.on('error', () => undefined);
    const gone = new AbortController();
    client.once('close', () => gone.abort());
    const ending = AbortSignal.any([signal, gone.signal]);
    const run = new Run<ConnectionListener>(plan, {
      contexts: await loadTlsContexts(plan, ending),
      vantage,
      keepPayloadBytes: KEEP_MESSAGE_BYTES,
      checksMessages: false,
      dialectJudge: judgeFor(plan),
      network: systemNetwork,
      pool: null,
      signal: ending,
      onProgress: null,
      takesOver: true,
      looks: false,
      listen: () => this.#listener(),
    });
    this.#run = run;
    const { connection, failure } = await run.open();
    const readyMs = connection.clock();
    if (failure || !connection.stream) {
      const report = this.#report(run, failure, readyMs);
      this.#refuse(report, failure?.kind === 'timeout');
      return { report, opened: false, reason: null };
    }
    this.#opened(connection.stream);
    const stop = () => this.terminate();
    signal.addEventListener('abort', stop, { once: true });
    await this.#over;
    signal.removeEventListener('abort', stop);
    const report = this.#asEnded(
      this.#report(run, endedWell(connection, this.#failure) ? null : this.#failure, readyMs),
    );
    const reason = this.#closed(report);
    return { report, opened: true, reason };
  }

  /** Sends a message to one side, as if the other had. False: the connection is not open, or its messages are not looked at. */
  inject(lane: LaneName, message: { readonly binary: boolean; readonly bytes: Uint8Array }): boolean {
    const to = this.#lanes?.[lane];
    if (!to) return false;
    const { connection, source } = this.#options;
    const whither = lane === 'toServer' ? 'the server' : 'the client';
    source.note(connection, `Sent a message of ours, ${message.bytes.length} bytes, to ${whither}.`);
    to.inject({ opcode: message.binary ? OPCODE.binary : OPCODE.text, payload: message.bytes });
    return true;
  }

  release(
    lane: LaneName,
    id: number,
    content?: { readonly binary: boolean; readonly bytes: Uint8Array } | null,
  ): boolean {
    return this.#lanes?.[lane].release(id, content) ?? false;
  }

  /** A fault that somebody asks for now. */
  happens(each: NumberedFault): void {
    if (each.kind === 'cut') this.#endedBy ??= 'fault';
    this.#faults?.happens(each);
  }

  /** Ends both sides at once. */
  terminate(): void {
    this.#endedBy ??= 'tap';
    this.#options.client.destroy();
    this.#server?.destroy();
  }

  #listener(): ConnectionListener {
    return {
      onFrame: (frame) => {
        // What leaves for the server was read from the client before: the log has it as it came.
        if (frame.direction === 'received') this.#received(frame);
      },
      onMessage: () => undefined,
      onPing: () => undefined,
      onPong: () => undefined,
      onEnd: (failure) => {
        const { connection } = this.#run!.current!;
        // What it answered to an end of somebody else's is no failure of the server's.
        const isOwn = this.#endedBy === null || this.#endedBy === 'server';
        if (isOwn && !isAnswered(connection, failure)) this.#failure ??= failure;
      },
    };
  }

  /** Frames may come in the breath of the answer: they are logged behind it. */
  #early: Frame[] | null = [];

  #received(frame: Frame): void {
    if (this.#early) this.#early.push(ownFrame(frame, KEEP_MESSAGE_BYTES));
    else this.#log(frame);
  }

  #log(frame: Frame): void {
    const { connection, onData, source } = this.#options;
    const lane = DIRECTIONS[frame.direction];
    const atMs = source.now();
    this.#lastMs = atMs;
    this.#bytes[lane] += frame.headerBytes + frame.payloadBytes;
    const ends = endsMessage(frame);
    if (ends) this.#messages[lane] += 1;
    if (frame.opcode < OPCODE.close) onData(lane, frame.payloadBytes, ends);
    if (frame.opcode >= OPCODE.ping) this.#heartbeat(frame, atMs);
    const { atMs: runMs } = frame;
    // Lent frames are the source's for as long as it looks at one: then its time is the source's.
    const lent = frame as { atMs: number };
    lent.atMs = atMs;
    source.frame(connection, frame);
    lent.atMs = runMs;
    this.#readers?.[frame.direction].push(frame);
  }

  /** Pings under way, by who sent them and what is in them. */
  readonly #pings = new Map<string, number>();

  #heartbeat({ direction, opcode, payload }: Frame, atMs: number): void {
    const mark = Buffer.from(payload).toString('latin1');
    if (opcode === OPCODE.ping) {
      if (this.#pings.size < MAX_PINGS) this.#pings.set(`${direction} ${mark}`, atMs);
      return;
    }
    const key = `${direction === 'sent' ? 'received' : 'sent'} ${mark}`;
    const began = this.#pings.get(key);
    if (began === undefined) return;
    this.#pings.delete(key);
    this.#options.onRoundTrip(atMs - began);
  }

  #opened(server: Duplex): void {
    const { client, connection, head, onOpen, request, source } = this.#options;
    const { record } = this.#run!.current!.connection.connection.handshake;
    const { inspection, response } = record;
    this.#server = server;
    client.write(acceptance(request, response!), 'latin1');
    const { compression } = inspection ?? {};
    if (compression?.enabled) {
      const read = (direction: Direction) =>
        new ContentReader(takeoverOf(compression.parameters, direction), (bytes, binary) =>
          source.inflated(connection, direction, bytes, binary),
        );
      this.#readers = { sent: read('sent'), received: read('received') };
    }
    source.opened(this.#facts(), connection);
    this.#openedMs = source.now();
    onOpen();
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.#log(frame);
    this.#join(server, compression?.enabled ? compression.parameters : undefined);
    if (head.length > 0) this.#fromClient(head);
    server.resume();
    client.resume();
  }

  #fromClient: (chunk: Uint8Array) => void = () => {};

  #join(server: Duplex, parameters: Parameters<typeof takeoverOf>[0] | undefined): void {
    const { client } = this.#options;
    const [toServer, toClient] = this.#options.shaped
      ? this.#shape(server, parameters)
      : [passOn(client, server), passOn(server, client)];
    const log = (chunk: Uint8Array) => this.#sent.push(chunk, this.#options.source.now());
    // What is done to a message is told behind it; where nothing is, it need not wait to be logged.
    const [first, then] = this.#lanes ? [log, toServer] : [toServer, log];
    this.#fromClient = (chunk) => {
      first(chunk);
      then(chunk);
    };
    client.on('data', (chunk: Uint8Array) => this.#fromClient(chunk));
    server.on('data', toClient);
    this.#endTogether(client, server, 'toServer');
    this.#endTogether(server, client, 'toClient');
  }

  #shape(server: Duplex, parameters: Parameters<typeof takeoverOf>[0] | undefined) {
    const { client, connection, faults, holds, onHeld, random, source } = this.#options;
    const sinceMs = source.now();
    const note = (text: string) => source.note(connection, text);
    const faultsOf = {
      toClient: new LaneFaults(faults, connection, 'toClient', random),
      toServer: new LaneFaults(faults, connection, 'toServer', random),
    };
    const make = (name: LaneName, from: Duplex, to: Duplex, direction: Direction) =>
      new ShapedLane({
        name,
        from,
        to,
        faults: faultsOf[name],
        clock: source.now,
        sinceMs,
        takeover: parameters === undefined ? null : takeoverOf(parameters, direction),
        holds,
        listener: {
          note,
          happens: (each) => this.happens(each),
          held: (message) => onHeld(message, connection),
          failed: (error) => {
            note(`${error instanceof Error ? error.message : String(error)} The connection is ended.`);
            this.terminate();
          },
        },
      });
    const lanes = {
      toServer: make('toServer', client, server, 'sent'),
      toClient: make('toClient', server, client, 'received'),
    };
    this.#lanes = lanes;
    const whole = new ConnectionFaults({ sides: { toClient: client, toServer: server }, lanes, note });
    this.#faults = whole;
    whole.start(
      new Set([...faultsOf.toClient.timed, ...faultsOf.toServer.timed].filter((each) => chance(each, random))),
    );
    return [
      (chunk: Uint8Array) => lanes.toServer.push(chunk),
      (chunk: Uint8Array) => lanes.toClient.push(chunk),
    ] as const;
  }

  /** The end of one side is the other's, behind all that was under way. */
  #endTogether(from: Duplex, to: Duplex, lane: LaneName): void {
    const shaped = () => this.#lanes?.[lane] ?? null;
    const end = () => {
      if (!to.writableEnded) to.end();
      // Who is told that it is over and stays is let go of.
      this.#later(ENDING_MS, () => to.destroy());
    };
    const ended = (by: 'client' | 'client-reset') => (this.#endedBy ??= lane === 'toServer' ? by : 'server');
    from.once('end', () => {
      ended('client');
      const under = shaped();
      if (under) under.end(end);
      else end();
    });
    let isReset = false;
    from.on('error', () => {
      isReset = true;
      ended('client-reset');
    });
    from.once('close', () => {
      ended('client');
      if (isReset) cut(to, true);
      else end();
      if (from.destroyed && to.destroyed) this.#done();
    });
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #done(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#faults?.stop();
    this.#lanes?.toClient.dispose();
    this.#lanes?.toServer.dispose();
    this.#finish();
  }

  #facts() {
    const { plan, request } = this.#options;
    const response = this.#run?.current?.connection.connection.handshake.record.response ?? null;
    const { inspection } = this.#run?.current?.connection.connection.handshake.record ?? {};
    return {
      url: plan.url,
      name: `${request.target} ${request.peer}`,
      peer: request.peer,
      subprotocol: inspection?.subprotocol.selected ?? null,
      request: { target: request.target, headers: request.headers },
      response: response && { status: response.status, reason: response.reason, headers: response.headers },
    };
  }

  #report(run: Run<ConnectionListener>, failure: Failure | null, readyMs: number): Report {
    return run.report({ failure, talk: null, heldMs: null, readyMs, ping: null, isLive: false, session: null });
  }

  /** Without a Close frame the end is whose it was: the server that lets go of a client that is gone did not end it. */
  #asEnded(report: Report): Report {
    const by = this.#endedBy;
    const { close } = report;
    if (by === null || by === 'server' || (close !== null && close.code !== 1006)) return report;
    const lived = this.#options.source.now() - (this.#openedMs ?? 0);
    return {
      ...report,
      close: {
        code: 1006,
        reason: '',
        // A tap that is stopped goes with its clients: the server had no part in it.
        initiator: by === 'fault' ? 'network' : 'client',
        clean: false,
        evidence: `${ENDED_BY[by]} after ${formatDuration(lived)}.`,
      },
    };
  }

  /** What the server answered is passed on as it was; where it answered nothing the finding says why. */
  #refuse(report: Report, isLate: boolean): void {
    const { client, connection, source } = this.#options;
    const [headline] = report.findings;
    const why = headline?.title ?? report.error?.message ?? 'The server could not be reached.';
    source.refused(connection, why);
    if (client.destroyed) return;
    const { response } = report;
    const answered = this.#run?.current?.connection.connection.handshake.record;
    if (response && answered?.response && response.status !== 101) {
      const { body } = answered;
      client.end(
        refusal(
          answered.response.status,
          answered.response.reason,
          passedOn(answered.response.headers, true),
          body?.text ?? '',
        ),
      );
      return;
    }
    const lines = [
      why,
      headline?.explanation,
      ...(headline?.fixes.slice(0, 1).map(({ snippet, title }) => `${title}:\n${snippet}`) ?? []),
    ];
    const body = `${lines.filter((line) => line !== undefined && line !== '').join('\n\n')}\n`;
    const headers: [string, string][] = [['Content-Type', 'text/plain; charset=utf-8']];
    if (headline) headers.push(['X-Wsprobe-Finding', headline.id]);
    client.end(refusal(isLate ? 504 : 502, isLate ? 'Gateway Timeout' : 'Bad Gateway', headers, body));
  }

  #closed({ close, findings }: Report): DisconnectReason {
    const { connection, source } = this.#options;
    const end: CloseInfo = close ?? { code: 1006, reason: '', initiator: 'network', clean: false, evidence: '' };
    source.closed(connection, inTheirNames(end));
    const [headline] = findings;
    if (headline && headline.severity !== 'info') source.note(connection, headline.title);
    if (this.#endedBy === 'tap') return 'own_action';
    if (end.code === 1006 && end.initiator === 'client') return 'network_loss';
    return disconnectReason(end.code, generalMeaning(end.code).class, this.#socketEnd());
  }

  #socketEnd() {
    const tap = this.#run?.current?.connection.connection.tap;
    const { connection } = this.#run!.current!;
    return {
      endedBy: tap?.endedBy ?? null,
      openForMs: (connection.endedMs ?? connection.clock()) - (connection.openMs ?? 0),
      http2: connection.connection.http2,
      brokeTls: tap?.brokeTls ?? false,
    };
  }
}

/** To a probe it was "we"; between two others it is the client. */
function inTheirNames(end: CloseInfo): CloseInfo {
  const evidence = end.evidence
    .replace(/\bWe\b/g, 'The client')
    .replace(/\bwe\b/g, 'the client')
    .replace(/\bOur\b/g, "The client's")
    .replace(/\bour\b/g, "the client's")
    .replace(/\bThe peer\b/g, 'The server')
    .replace(/\bthe peer\b/g, 'the server');
  return { ...end, evidence };
}
