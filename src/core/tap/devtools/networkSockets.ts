import type { ConnectionEnd } from '../../base/sessionEvent.js';
import { parseUrl } from '../../base/url.js';
import type { ObservedFacts, ObservedSource } from '../../session/observedSource.js';
import { toldEnd, untoldEnd } from './closing.js';
import type { EventClock } from './eventClock.js';
import { bareUrl, type Handshakes, headerOf, headOf, initiatorOf, type SeenHandshake } from './handshakes.js';
import type { HookMessage } from './hookMessage.js';
import { type Fields, fieldsOf, numberOf, textOf } from './wire.js';

const MAX_LIVE = 10_000;
const MAX_GONE = 1_000;
const MAX_URL = 8_192;
/** A close that the program is told of stands right beside the one of the network. */
const AWAIT_CODE_MS = 300;

/** Who is looked at: a page, a worker, a process. */
export interface SeenTarget {
  readonly type: string;
  readonly title: string;
  readonly url: string;
}

export interface NetworkSocketsOptions {
  readonly source: ObservedSource;
  readonly handshakes: Handshakes;
  readonly clock: EventClock;
  readonly target: () => SeenTarget;
  /** A connection is this target's: for who wants to do something about it. */
  readonly onConnection: (connection: number) => void;
}

interface Socket {
  readonly connection: number;
  seen: SeenHandshake;
  isOpen: boolean;
  /** What the hook calls it; null while it has not told of it. */
  hooked: string | null;
  /** What the program was told of its end, before the network told that it is one. */
  told: ConnectionEnd | null;
  ending: NodeJS.Timeout | null;
}

/** The sockets of one target, by the events of the `Network` domain; where a hook is there, with the codes that it tells. */
export class NetworkSockets {
  readonly #options: NetworkSocketsOptions;
  readonly #sockets = new Map<string, Socket>();
  /** Ended, so that what still comes of them is not taken for one that was open before. */
  readonly #gone = new Set<string>();
  /** Of each address, what the hook has told of and no socket was found for yet. */
  readonly #unmatched = new Map<string, string[]>();
  readonly #byHook = new Map<string, Socket>();

  constructor(options: NetworkSocketsOptions) {
    this.#options = options;
  }

  /** Takes an event; false for one that is of no socket. */
  take(method: string, params: Fields): boolean {
    const id = textOf(params['requestId'], 200);
    if (id === null) return false;
    const atMs = () => this.#options.clock.at(numberOf(params['timestamp']));
    switch (method) {
      case 'Network.webSocketCreated':
        this.#created(id, params);
        return true;
      case 'Network.webSocketWillSendHandshakeRequest':
        this.#request(id, fieldsOf(params['request']));
        return true;
      case 'Network.webSocketHandshakeResponseReceived':
        this.#response(id, fieldsOf(params['response']), atMs());
        return true;
      case 'Network.webSocketFrameSent':
      case 'Network.webSocketFrameReceived':
        this.#frame(id, method.endsWith('Sent'), fieldsOf(params['response']), atMs());
        return true;
      case 'Network.webSocketFrameError':
        this.#error(id, textOf(params['errorMessage'], 2_000) ?? 'error', atMs());
        return true;
      case 'Network.webSocketClosed':
        this.#closed(id, atMs());
        return true;
      default:
        return false;
    }
  }

  /** What a hook tells of sockets that the network tells of too: how they ended. `context` tells the hooks of a target apart. */
  hooked(context: string, message: HookMessage): void {
    if (message.kind === 'new') this.#match(`${context} ${message.socket}`, message.url);
    if (message.kind !== 'close') return;
    const socket = this.#byHook.get(`${context} ${message.socket}`);
    if (!socket) return;
    socket.told = toldEnd(message.code, message.reason, message.clean);
    if (socket.ending === null) return;
    clearTimeout(socket.ending);
    this.#end(socket);
  }

  /** All of them are over: the page was left, the target is gone. */
  endAll(why: string): void {
    for (const id of this.#sockets.keys()) this.#drop(id, why);
    this.#unmatched.clear();
    this.#byHook.clear();
  }

  #created(id: string, params: Fields): void {
    if (this.#sockets.has(id)) return;
    const { source, target } = this.#options;
    const { type, url: from } = target();
    const url = textOf(params['url'], MAX_URL) ?? '';
    const initiator = initiatorOf(params['initiator']);
    const seen = { url, request: null, response: null, subprotocol: null, from: { type, url: from }, initiator };
    this.#options.handshakes.learn(url);
    const connection = source.began(factsOf(seen));
    this.#add(id, connection, seen, false);
    if (initiator !== null) source.note(connection, `Opened by ${initiator}`);
  }

  #add(id: string, connection: number, seen: SeenHandshake, isOpen: boolean): Socket {
    const socket: Socket = { connection, seen, isOpen, hooked: null, told: null, ending: null };
    this.#sockets.set(id, socket);
    this.#options.handshakes.keep(connection, seen);
    this.#options.onConnection(connection);
    const [oldest] = this.#sockets.keys();
    if (this.#sockets.size > MAX_LIVE && oldest !== undefined) this.#drop(oldest, 'too many are open to follow each');
    const hooked = this.#unmatched.get(hrefOf(seen.url))?.shift();
    if (hooked !== undefined) this.#bind(socket, hooked);
    return socket;
  }

  #request(id: string, request: Fields | null): void {
    const socket = this.#sockets.get(id);
    const head = headOf(request?.['headers'], null);
    if (socket && head) this.#learn(socket, { ...socket.seen, request: head });
  }

  #response(id: string, response: Fields | null, atMs: number): void {
    const socket = this.#sockets.get(id);
    if (!socket || socket.isOpen || !response) return;
    const { source } = this.#options;
    const status = numberOf(response['status']) ?? 0;
    const reason = textOf(response['statusText'], 200) ?? '';
    const head = headOf(response['headers'], response['headersText']) ?? { headers: [], isRaw: false };
    const request = headOf(response['requestHeaders'], response['requestHeadersText']) ?? socket.seen.request;
    this.#learn(socket, {
      ...socket.seen,
      request,
      response: { ...head, status, reason },
      subprotocol: headerOf(head, 'sec-websocket-protocol'),
    });
    if (status === 101) {
      socket.isOpen = true;
      source.opened({ ...factsOf(socket.seen), atMs }, socket.connection);
      return;
    }
    this.#refused(id, socket, `Refused: HTTP ${status} ${reason}`.trim(), atMs);
  }

  #frame(id: string, sent: boolean, response: Fields | null, atMs: number): void {
    const payload = response?.['payloadData'];
    const opcode = numberOf(response?.['opcode']);
    // A control frame, should a browser ever tell one, is no message.
    if (typeof payload !== 'string' || (opcode !== 1 && opcode !== 2)) return;
    const socket = this.#sockets.get(id) ?? this.#openBefore(id);
    if (!socket) return;
    const bytes = Buffer.from(payload, opcode === 1 ? 'utf8' : 'base64');
    this.#options.source.message(socket.connection, {
      direction: sent ? 'sent' : 'received',
      binary: opcode === 2,
      bytes,
      payloadBytes: bytes.length,
      atMs,
    });
  }

  /** Frames of a socket that nobody told the beginning of. */
  #openBefore(id: string): Socket | null {
    if (this.#gone.has(id)) return null;
    const { source, target } = this.#options;
    const { title, type, url } = target();
    const seen = { url: '', request: null, response: null, subprotocol: null, from: { type, url }, initiator: null };
    const name = `Open before: ${title || bareUrl(url) || type}`;
    const connection = source.opened({ ...factsOf(seen), name, isPartial: true });
    source.note(
      connection,
      'This socket was open before: its address and beginning are unknown. Reload to see it from the start.',
    );
    return this.#add(id, connection, seen, true);
  }

  #error(id: string, text: string, atMs: number): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    if (socket.isOpen) this.#options.source.note(socket.connection, `Error: ${text}`, atMs);
    else this.#refused(id, socket, text, atMs);
  }

  #refused(id: string, socket: Socket, why: string, atMs: number): void {
    this.#forget(id, socket);
    this.#options.handshakes.refused(socket.connection, why);
    this.#options.source.refused(socket.connection, why, atMs);
  }

  #closed(id: string, atMs: number): void {
    const socket = this.#sockets.get(id);
    if (!socket) {
      if (!this.#gone.has(id)) this.#markGone(id);
      return;
    }
    if (!socket.isOpen) {
      this.#refused(id, socket, 'It did not open, and the browser does not tell why', atMs);
      return;
    }
    this.#forget(id, socket);
    if (socket.told !== null || socket.hooked === null) {
      this.#end(socket, atMs);
      return;
    }
    socket.ending = setTimeout(() => this.#end(socket, atMs), AWAIT_CODE_MS);
  }

  #end(socket: Socket, atMs?: number): void {
    if (socket.hooked !== null) this.#byHook.delete(socket.hooked);
    const end = socket.told ?? untoldEnd('DevTools do not tell the close code');
    this.#options.source.closed(socket.connection, end, atMs);
  }

  #drop(id: string, why: string): void {
    const socket = this.#sockets.get(id);
    if (!socket) return;
    this.#forget(id, socket);
    if (socket.isOpen) this.#options.source.closed(socket.connection, socket.told ?? untoldEnd(why));
    else this.#options.source.refused(socket.connection, why);
  }

  #forget(id: string, socket: Socket): void {
    this.#sockets.delete(id);
    this.#markGone(id);
    if (!socket.isOpen && socket.hooked !== null) this.#byHook.delete(socket.hooked);
  }

  #markGone(id: string): void {
    this.#gone.add(id);
    const [oldest] = this.#gone;
    if (this.#gone.size > MAX_GONE && oldest !== undefined) this.#gone.delete(oldest);
  }

  #learn(socket: Socket, seen: SeenHandshake): void {
    socket.seen = seen;
    this.#options.handshakes.keep(socket.connection, seen);
  }

  /** The hook and the network tell of the same sockets of an address in the same order. */
  #match(hooked: string, url: string): void {
    const href = hrefOf(url);
    for (const socket of this.#sockets.values()) {
      if (socket.hooked === null && hrefOf(socket.seen.url) === href && !(socket.isOpen && socket.seen.url === '')) {
        this.#bind(socket, hooked);
        return;
      }
    }
    const waiting = this.#unmatched.get(href) ?? [];
    if (waiting.length < MAX_GONE && this.#unmatched.size < MAX_GONE) this.#unmatched.set(href, [...waiting, hooked]);
  }

  #bind(socket: Socket, hooked: string): void {
    socket.hooked = hooked;
    this.#byHook.set(hooked, socket);
  }
}

function factsOf({ url, request, response, subprotocol }: SeenHandshake): ObservedFacts {
  const parsed = parseUrl(url);
  const target = parsed ? `${parsed.pathname}${parsed.search}` : '';
  return {
    url,
    peer: null,
    subprotocol,
    request: request && { target, headers: request.headers },
    response: response && { status: response.status, reason: response.reason, headers: response.headers },
  };
}

function hrefOf(url: string): string {
  return parseUrl(url)?.href ?? url;
}
