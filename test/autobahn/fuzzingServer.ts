import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { headerOf, type PlaygroundRequest, RequestHeadReader } from '../../src/core/playground/request.js';
import { formatHead } from '../../src/core/playground/cannedResponse.js';
import { acceptOf } from '../../src/core/playground/upgrade.js';
import { framing, opcodes, pings, reservedBits } from './cases/basic.js';
import { closing } from './cases/closing.js';
import { compressedPayloads, compressionParameters } from './cases/compression.js';
import { fragmentation } from './cases/fragmentation.js';
import { autoFragment, sizes } from './cases/sizes.js';
import { utf8 } from './cases/utf8.js';
import { Deflate, extensionHeader } from './deflate.js';
import type { Behavior, FuzzCase } from './fuzzCase.js';
import { type ClientEvent, Peer } from './peer.js';

export interface FuzzResult {
  readonly behavior: Behavior;
  readonly behaviorClose: 'OK' | 'INFORMATIONAL' | 'WRONG CODE' | 'UNCLEAN' | 'FAILED';
  /** What was wrong, in words; empty when nothing was. */
  readonly why: string;
}

export interface FuzzingServer {
  readonly url: string;
  readonly cases: readonly FuzzCase[];
  /** Undefined: never run. */
  resultOf(agent: string, id: string): Promise<FuzzResult> | undefined;
  stop(): Promise<void>;
}

const CASE_TIMEOUT_MS = 20_000;

/** All cases, in the order of their chapters; `chapters` chooses some. */
export function allCases(chapters?: readonly number[]): FuzzCase[] {
  const all = [
    ...framing(),
    ...pings(),
    ...reservedBits(),
    ...opcodes(),
    ...fragmentation(),
    ...utf8(),
    ...closing(),
    ...sizes(),
    ...autoFragment(),
    ...compressedPayloads(),
    ...compressionParameters(),
  ];
  return chapters ? all.filter(({ id }) => chapters.includes(Number.parseInt(id, 10))) : all;
}

/**
 * A fuzzing server for clients, on loopback, with the addresses of the public one: `/getCaseCount`, `/runCase?case=1&agent=…`.
 * `tell` is what it answers of a case's result.
 */
export async function startFuzzingServer(
  cases = allCases(),
  caseTimeoutMs = CASE_TIMEOUT_MS,
  tell: (result: FuzzResult) => unknown = (result) => result,
): Promise<FuzzingServer> {
  const results = new Map<string, Promise<FuzzResult>>();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, cases, results, caseTimeoutMs, tell).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cases,
    resultOf: (agent, id) => results.get(`${agent} ${id}`),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  socket: Socket,
  cases: readonly FuzzCase[],
  results: Map<string, Promise<FuzzResult>>,
  caseTimeoutMs: number,
  tell: (result: FuzzResult) => unknown,
): Promise<void> {
  const { request, rest } = await readRequest(socket);
  const { path, query } = request;
  const chosen = cases[Number(query.get('case')) - 1];
  const agent = query.get('agent') ?? '';
  const open = (deflate: FuzzCase['deflate'] = null) => openPeer(socket, request, rest, deflate);
  const say = async (value: unknown) => {
    const peer = open();
    await peer.frame({ opcode: 1, payload: JSON.stringify(value) });
    await finish(peer);
  };
  if (path === '/getCaseCount') await say(cases.length);
  else if (path === '/updateReports') await finish(open());
  else if (!chosen) socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  else if (path === '/getCaseInfo') await say({ id: chosen.id, description: chosen.description });
  else if (path === '/getCaseStatus') {
    const result = await results.get(`${agent} ${chosen.id}`);
    await say(result ? tell(result) : { behavior: 'UNIMPLEMENTED' });
  } else {
    results.set(
      `${agent} ${chosen.id}`,
      runCase(chosen, socket, caseTimeoutMs, () => open(chosen.deflate)),
    );
  }
}

function readRequest(socket: Socket): Promise<{ request: PlaygroundRequest; rest: Buffer }> {
  const reader = new RequestHeadReader();
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error('gone')));
    socket.on('data', function onData(chunk: Buffer) {
      const read = reader.push(chunk);
      if (read.state === 'more') return;
      socket.off('data', onData);
      if (read.state === 'head') resolve(read);
      else reject(new Error(`refused with ${read.status}`));
    });
  });
}

/** The head of the 101 leaves with the first frames, in one packet where they fit. */
function openPeer(socket: Socket, request: PlaygroundRequest, rest: Buffer, deflate: FuzzCase['deflate']): Peer {
  const offered = headerOf(request, 'sec-websocket-extensions')?.includes('permessage-deflate') === true;
  const answer = offered ? deflate : null;
  socket.cork();
  process.nextTick(() => socket.uncork());
  socket.write(
    formatHead('HTTP/1.1 101 Switching Protocols', [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', acceptOf(headerOf(request, 'sec-websocket-key') ?? '')],
      ...(answer ? [['Sec-WebSocket-Extensions', extensionHeader(answer)] as const] : []),
    ]),
    'latin1',
  );
  return new Peer(socket, rest, answer && new Deflate(answer));
}

async function finish(peer: Peer): Promise<void> {
  await peer.close();
  await peer.closing();
  await peer.end();
}

async function runCase(chosen: FuzzCase, socket: Socket, timeoutMs: number, open: () => Peer): Promise<FuzzResult> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy();
  }, timeoutMs);
  try {
    const peer = open();
    const strictness = (await chosen.script(peer)) ?? 'OK';
    if (chosen.failsWith === null) {
      await peer.received(Math.max(...chosen.expect.map(({ length }) => length)));
      if (chosen.closesWith === undefined) await peer.close();
    }
    await peer.closing();
    await peer.end();
    return judge(chosen, peer, late ? 'FAILED' : strictness);
  } catch (error) {
    socket.destroy();
    return { behavior: 'FAILED', behaviorClose: 'UNCLEAN', why: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}

function judge(chosen: FuzzCase, peer: Peer, strictness: Behavior): FuzzResult {
  const { failsWith, closesWith, informational } = chosen;
  const wanted = failsWith ?? [closesWith ?? 1000];
  const code = peer.closeCode;
  const matched = chosen.expect.some((events) => same(events, peer.events));
  const got = `got ${peer.events.length} events, close ${code ?? 'none'}`;
  const right = matched && peer.broken === null && strictness !== 'FAILED';
  const behavior = !right ? 'FAILED' : informational ? 'INFORMATIONAL' : strictness;
  if (informational) return { behavior, behaviorClose: 'INFORMATIONAL', why: peer.broken ?? '' };
  const behaviorClose = code === null ? 'UNCLEAN' : wanted.includes(code) ? 'OK' : 'WRONG CODE';
  const why = right && behaviorClose === 'OK' ? '' : `${peer.broken ?? got}, wanted ${wanted.join(' or ')}`;
  return { behavior, behaviorClose, why };
}

function same(expected: readonly ClientEvent[], actual: readonly ClientEvent[]): boolean {
  return (
    expected.length === actual.length &&
    expected.every(({ kind, payload }, index) => {
      const other = actual[index];
      return other !== undefined && other.kind === kind && payload.equals(other.payload);
    })
  );
}
