import type { Duplex } from 'node:stream';
import type { Failure } from '../../base/evidence.js';
import { type Frame, OPCODE } from '../../base/frame.js';
import type { CloseInfo, Direction, Report } from '../../base/model.js';
import { disconnectReason, type DisconnectReason } from '../../close/disconnect.js';
import { generalMeaning } from '../../close/codeMeaning.js';
import { messageText } from '../../contract/messageText.js';
import { judgeFor } from '../../dialects/dialectJudge.js';
import type { ResponseHead } from '../../handshake/handshake.js';
import { headerValue } from '../../handshake/headers.js';
import { ownFrame } from '../../frames/borrowedFrame.js';
import { FrameDecoder } from '../../frames/frameDecoder.js';
import { FrameValidator } from '../../frames/frameValidator.js';
import { KEEP_MESSAGE_BYTES } from '../../frames/log/frameLog.js';
import { endedWell, isAnswered } from '../../run/endedWell.js';
import type { ConnectionListener } from '../../run/connectionRun.js';
import { Run } from '../../run/run.js';
import { endsMessage } from '../../session/meters.js';
import { systemNetwork } from '../../transport/network.js';
import { loadTlsContexts } from '../../transport/tlsMaterial.js';
import type { Lane as LaneName } from '../../session/tapState.js';
import { chance, type NumberedFault } from '../faults/laneFaults.js';
import { acceptance, nameOf, passedOn, refusal } from './clientHandshake.js';
import { cut } from './connectionFaults.js';
import { learnHandshake } from '../learnHandshake.js';
import { InflatedReader, takeoverOf } from './inflatedReader.js';
import { passOn } from './lane.js';
import {
  asEndedBy,
  type Ender,
  inTheirNames,
  NOT_REACHED,
  refusalWithWhy,
  SeenEnd,
  withOwnDoing,
} from './relayedEnd.js';
import { RoundTrips } from './roundTrips.js';
import type { RelayedEnd, RelayedFigures, RelayedOptions } from './relayedOptions.js';
import { type Shaped, shapeLanes } from './shapedLanes.js';
import { isDown, type StoodIn } from './standIn.js';

/** How long the other side has to end by itself once one has. */
const ENDING_MS = 2_000;

/** An opening handshake that was answered, by the server or in its place. */
interface Answer {
  readonly server: Duplex;
  /** As the client gets it. */
  readonly head: string;
  readonly response: ResponseHead | null;
  readonly subprotocol: string | null;
  readonly parameters: Parameters<typeof takeoverOf>[0] | undefined;
}

const DIRECTIONS: Readonly<Record<Direction, LaneName>> = { sent: 'toServer', received: 'toClient' };

/** One client's connection and ours to the server in its name. */
export class RelayedConnection {
  readonly #options: RelayedOptions;
  /** Null where nothing is compressed. */
  #readers: Readonly<Record<Direction, InflatedReader>> | null = null;
  readonly #messages: Record<LaneName, number> = { toClient: 0, toServer: 0 };
  readonly #bytes: Record<LaneName, number> = { toClient: 0, toServer: 0 };
  readonly #sent: FrameDecoder;
  /** Says once what the client breaks. */
  #clientJudge: FrameValidator | null = null;
  #clientBroke = false;
  /** Null where bytes are passed on as they come. */
  #shaped: Shaped | null = null;
  #server: Duplex | null = null;
  /** Of what a stand-in says; of a server the run tells the end. */
  #seen: SeenEnd | null = null;
  /** Why the server was not reached that something else answers for. */
  #failed: Report | null = null;
  /** Why we ended it, where no fault did. */
  #ended: string | null = null;
  #run: Run<ConnectionListener> | null = null;
  #openedMs: number | null = null;
  readonly #roundTrips: RoundTrips;
  #lastMs: number;
  #failure: Failure | null = null;
  /** Who ended it first, be it with a Close or without. */
  #endedBy: Ender | null = null;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #over: Promise<void>;
  #finish: () => void = () => {};

  constructor(options: RelayedOptions) {
    this.#options = options;
    const { onRoundTrip, source } = options;
    this.#roundTrips = new RoundTrips(onRoundTrip);
    this.#lastMs = source.now();
    this.#over = new Promise((resolve) => (this.#finish = resolve));
    this.#sent = this.#decoderOf('sent');
  }

  #decoderOf(direction: Direction): FrameDecoder {
    return new FrameDecoder({
      direction,
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
      const stoodIn = await this.#standIn(report);
      if (stoodIn) return this.#answered(stoodIn, report);
      this.#refuse(report, failure?.kind === 'timeout');
      return { report, opened: false, reason: null, code: null };
    }
    const { inspection, response } = connection.connection.handshake.record;
    const { compression, subprotocol } = inspection ?? {};
    await this.#serveOpen({
      server: connection.stream,
      head: acceptance(this.#options.request, response!),
      response,
      subprotocol: subprotocol?.selected ?? null,
      parameters: compression?.enabled ? compression.parameters : undefined,
    });
    const seen = this.#report(run, endedWell(connection, this.#failure) ? null : this.#failure, readyMs);
    const report = asEndedBy(seen, this.#endedBy, this.#options.source.now() - (this.#openedMs ?? 0));
    const own = this.#ownDoing;
    // What a server does to a client that breaks the protocol is no finding about the server.
    const told = own === null && !this.#clientBroke ? report : { ...report, findings: [] };
    const code = own === null ? (told.close?.code ?? null) : null;
    return { report: told, opened: true, reason: this.#closed(told, own), code };
  }

  async #serveOpen(answer: Answer): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.terminate();
    this.#opened(answer);
    signal.addEventListener('abort', stop, { once: true });
    await this.#over;
    signal.removeEventListener('abort', stop);
  }

  async #standIn(report: Report): Promise<StoodIn | null> {
    const { client, connection, signal, source, standIn } = this.#options;
    if (standIn === null || !isDown(report) || client.destroyed || signal.aborted) return null;
    const why = report.findings[0]?.title ?? report.error?.message ?? NOT_REACHED;
    source.note(connection, `${why} ${standIn.name} answers in its place.`);
    return standIn.answer();
  }

  /** A recording answers in the place of the server: from here on nothing differs. */
  async #answered({ head, rest, stream }: StoodIn, report: Report): Promise<RelayedEnd> {
    const { client, connection, source } = this.#options;
    if (head.status !== 101) {
      source.refused(connection, `It was answered with ${head.status}, as recorded.`);
      stream.destroy();
      client.end(head.raw, 'latin1');
      return { report, opened: false, reason: null, code: null };
    }
    this.#failed = report;
    const seen = new SeenEnd();
    this.#seen = seen;
    const decoder = this.#decoderOf('received');
    stream.on('data', (chunk: Uint8Array) => decoder.push(chunk, source.now()));
    const subprotocol = headerValue(head.headers, 'sec-websocket-protocol');
    const answer = { server: stream, head: head.raw, response: head, subprotocol, parameters: undefined };
    // What came with the head is read again, behind it.
    stream.unshift(rest);
    await this.#serveOpen(answer);
    const own = this.#ownDoing;
    source.closed(connection, own === null ? seen.close : withOwnDoing(seen.close, own, this.#endedBy));
    const { code } = seen.close;
    const reason = disconnectReason(code, generalMeaning(code).class);
    return { report, opened: true, reason, code: own === null ? code : null };
  }

  /** Sends a message to one side, as if the other had. False: the connection is not open, or its messages are not looked at. */
  inject(lane: LaneName, message: { readonly binary: boolean; readonly bytes: Uint8Array }): boolean {
    const to = this.#shaped?.lanes[lane];
    if (!to) return false;
    const { connection, source } = this.#options;
    const whither = lane === 'toServer' ? 'the server' : 'the client';
    const what = `Sent a message of ours, ${message.bytes.length} bytes, to ${whither}`;
    source.note(connection, `${what}: ${messageText(message)}`);
    to.inject({ opcode: message.binary ? OPCODE.binary : OPCODE.text, payload: message.bytes });
    return true;
  }

  release(
    lane: LaneName,
    id: number,
    content?: { readonly binary: boolean; readonly bytes: Uint8Array } | null,
  ): boolean {
    return this.#shaped?.lanes[lane].release(id, content) ?? false;
  }

  /** From now on these apply, of which some have come just now. */
  applyFaults(all: readonly NumberedFault[], come: readonly NumberedFault[]): void {
    const { random, source } = this.#options;
    for (const each of Object.values(this.#shaped?.laneFaults ?? {})) each.apply(all);
    this.#shaped?.faults.keep(all);
    const timed = new Set(Object.values(this.#shaped?.laneFaults ?? {}).flatMap((each) => each.timed));
    const begin = come.filter((each) => timed.has(each) && chance(each, random));
    this.#shaped?.faults.start(new Set(begin), source.now() - (this.#openedMs ?? source.now()));
  }

  /** As it stands: its way to the server, both handshakes, what is wrong; null before the server has answered. */
  report(): Report | null {
    if (this.#failed || !this.#run?.current) return this.#failed;
    return this.#report(this.#run, null, this.#openedMs ?? 0, true);
  }

  /** A fault that somebody asks for now. */
  happens(each: NumberedFault): void {
    if (each.kind === 'cut') this.#endedBy ??= 'fault';
    this.#shaped?.faults.happens(each);
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
    this.#seen?.see(frame);
    const lane = DIRECTIONS[frame.direction];
    const atMs = source.now();
    this.#lastMs = atMs;
    this.#bytes[lane] += frame.headerBytes + frame.payloadBytes;
    const ends = endsMessage(frame);
    if (ends) this.#messages[lane] += 1;
    if (frame.opcode < OPCODE.close) onData(lane, frame.payloadBytes, ends);
    this.#roundTrips.see(frame, atMs);
    if (frame.direction === 'sent') this.#judgeClient(frame);
    const { atMs: runMs } = frame;
    // Lent frames are the source's for as long as it looks at one: then its time is the source's.
    const lent = frame as { atMs: number };
    lent.atMs = atMs;
    source.frame(connection, frame);
    lent.atMs = runMs;
    if (this.#readers) this.#readers[frame.direction].push(frame);
    // Nobody agreed on compression: what such a message holds is unknown.
    else if (ends && (frame.rsv1 || frame.opcode === OPCODE.continuation)) {
      source.notInflated(connection, frame.direction);
    }
  }

  #judgeClient(frame: Frame): void {
    const broken = this.#clientJudge?.check(frame);
    if (!broken || broken.id.startsWith('limit.')) return;
    this.#clientBroke = true;
    this.#options.source.note(this.#options.connection, `The client breaks the protocol: ${broken.message}`);
  }

  #opened(answer: Answer): void {
    const { client, connection, head, onOpen, source } = this.#options;
    const { parameters, server } = answer;
    this.#server = server;
    const deflate = parameters !== undefined;
    this.#clientJudge = new FrameValidator({ direction: 'sent', deflate, maxMessageBytes: Infinity, leavesText: true });
    client.write(answer.head, 'latin1');
    if (parameters) {
      const read = (direction: Direction) =>
        new InflatedReader(takeoverOf(parameters, direction), (bytes, binary) => {
          if (bytes) source.inflated(connection, direction, bytes, binary);
          else source.notInflated(connection, direction);
        });
      this.#readers = { sent: read('sent'), received: read('received') };
    }
    learnHandshake(source, this.#options.plan.url, answer.response?.headers ?? []);
    source.opened(this.#facts(answer), connection);
    this.#openedMs = source.now();
    onOpen(this.#seen ? 'stand-in' : 'server');
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.#log(frame);
    this.#join(server, parameters);
    if (head.length > 0) this.#fromClient(head);
    server.resume();
    client.resume();
  }

  #fromClient: (chunk: Uint8Array) => void = () => {};

  #join(server: Duplex, parameters: Parameters<typeof takeoverOf>[0] | undefined): void {
    const { client } = this.#options;
    if (this.#options.shaped) this.#shape(server, parameters);
    const lanes = this.#shaped?.lanes;
    const [toServer, toClient] = lanes
      ? [(chunk: Uint8Array) => lanes.toServer.push(chunk), (chunk: Uint8Array) => lanes.toClient.push(chunk)]
      : [passOn(client, server), passOn(server, client)];
    const tap = this.#run?.current?.connection.connection.tap;
    if (!lanes && tap?.stream === server) tap.passesOnFirst = true;
    const log = (chunk: Uint8Array) => this.#sent.push(chunk, this.#options.source.now());
    // What is done to a message is told behind it, and `ws` unmasks in place; else it need not wait to be logged.
    const [first, then] = lanes || this.#seen ? [log, toServer] : [toServer, log];
    this.#fromClient = (chunk) => {
      first(chunk);
      then(chunk);
    };
    client.on('data', (chunk: Uint8Array) => this.#fromClient(chunk));
    server.on('data', toClient);
    this.#endTogether(client, server, 'toServer');
    this.#endTogether(server, client, 'toClient');
  }

  #shape(server: Duplex, parameters: Parameters<typeof takeoverOf>[0] | undefined): void {
    const { connection, source } = this.#options;
    const shaped = shapeLanes(this.#options, server, parameters, {
      happens: (each) => this.happens(each),
      failed: (why) => {
        this.#ended = `${why} The connection is ended.`;
        source.note(connection, this.#ended);
        this.terminate();
      },
    });
    this.#shaped = shaped;
    shaped.start();
  }

  /** The end of one side is the other's, behind all that was under way. */
  #endTogether(from: Duplex, to: Duplex, lane: LaneName): void {
    const { connection, source } = this.#options;
    const who = lane === 'toServer' ? 'client' : 'server';
    const shaped = () => this.#shaped?.lanes[lane] ?? null;
    const end = () => {
      if (!to.writableEnded) to.end();
      // Who is told that it is over and stays is let go of.
      this.#later(ENDING_MS, () => to.destroy());
    };
    const ended = (by: 'client' | 'client-reset') => (this.#endedBy ??= lane === 'toServer' ? by : 'server');
    from.once('end', () => {
      ended('client');
      const under = shaped();
      if (under?.isHolding) source.note(connection, `The ${who} has ended its side: that waits behind what is held.`);
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
    this.#shaped?.faults.stop();
    this.#shaped?.lanes.toClient.dispose();
    this.#shaped?.lanes.toServer.dispose();
    this.#finish();
  }

  #facts({ response, subprotocol }: Answer) {
    const { plan, request } = this.#options;
    return {
      url: plan.url,
      name: nameOf(request),
      peer: request.peer,
      subprotocol,
      request: { target: request.target, headers: request.headers },
      response: response && { status: response.status, reason: response.reason, headers: response.headers },
    };
  }

  #report(run: Run<ConnectionListener>, failure: Failure | null, readyMs: number, isLive = false): Report {
    return run.report({ failure, talk: null, heldMs: null, readyMs, ping: null, isLive, session: null });
  }

  /** What the server answered is passed on as it was; where it answered nothing the finding says why. */
  #refuse(report: Report, isLate: boolean): void {
    const { client, connection, source } = this.#options;
    const [headline] = report.findings;
    const why = headline?.title ?? report.error?.message ?? NOT_REACHED;
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
    client.end(refusalWithWhy(report, isLate));
  }

  /** What we did to it ourselves: no diagnosis of it is one of theirs. */
  get #ownDoing(): string | null {
    return this.#shaped?.faults.last ?? this.#ended ?? (this.#options.signal.aborted ? 'The tap was stopped.' : null);
  }

  #closed({ close, findings }: Report, own: string | null): DisconnectReason {
    const { connection, source } = this.#options;
    const end: CloseInfo = close ?? { code: 1006, reason: '', initiator: 'network', clean: false, evidence: '' };
    source.closed(connection, own === null ? inTheirNames(end) : withOwnDoing(inTheirNames(end), own, this.#endedBy));
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
