import type { ObservedSource } from '../../session/observedSource.js';
import { toldEnd, untoldEnd } from './closing.js';
import type { Handshakes } from './handshakes.js';
import type { HookMessage } from './hookMessage.js';
import { parseUrl } from '../../base/url.js';

const MAX_LIVE = 10_000;

/** The sockets of a program whose DevTools tell no frames, by what a hook in it tells. */
export class HookedSockets {
  readonly #source: ObservedSource;
  readonly #handshakes: Handshakes;
  readonly #from: () => { readonly type: string; readonly url: string };
  readonly #onConnection: (connection: number) => void;
  readonly #sockets = new Map<string, { readonly connection: number; readonly message: NewSocket; isOpen: boolean }>();

  constructor(
    source: ObservedSource,
    handshakes: Handshakes,
    from: () => { readonly type: string; readonly url: string },
    onConnection: (connection: number) => void,
  ) {
    this.#source = source;
    this.#handshakes = handshakes;
    this.#from = from;
    this.#onConnection = onConnection;
  }

  /** `context` tells the hooks of a target apart. */
  take(context: string, message: HookMessage): void {
    if (message.kind === 'lost') {
      this.#source.note(null, `${message.messages} messages were too many for the hook and are missing`);
      return;
    }
    const key = `${context} ${message.socket}`;
    if (message.kind === 'new') {
      this.#begin(key, message);
      return;
    }
    const socket = this.#sockets.get(key);
    if (!socket) return;
    const { connection } = socket;
    switch (message.kind) {
      case 'open':
        if (socket.isOpen) return;
        socket.isOpen = true;
        this.#source.opened(factsOf(socket.message, message.subprotocol), connection);
        return;
      case 'message': {
        const { sent, binary, bytes, payloadBytes } = message;
        const direction = sent ? 'sent' : 'received';
        this.#source.message(connection, { direction, binary, bytes, payloadBytes, atMs: this.#source.now() });
        return;
      }
      case 'error':
        this.#source.note(connection, `Error: ${message.text || 'the program is not told which'}`);
        return;
      case 'close':
        this.#sockets.delete(key);
        if (socket.isOpen) this.#source.closed(connection, toldEnd(message.code, message.reason, message.clean));
        else this.#source.refused(connection, `Not connected: the program was told ${message.code}`);
    }
  }

  endAll(why: string): void {
    for (const { connection, isOpen } of this.#sockets.values()) {
      if (isOpen) this.#source.closed(connection, untoldEnd(why));
      else this.#source.refused(connection, why);
    }
    this.#sockets.clear();
  }

  #begin(key: string, message: NewSocket): void {
    if (this.#sockets.has(key) || this.#sockets.size >= MAX_LIVE) return;
    const { url, headers, isFresh, subprotocol } = message;
    const request = headers.length > 0 ? { headers, isRaw: true } : null;
    const seen = { url, request, response: null, subprotocol, from: this.#from(), initiator: null };
    this.#handshakes.learn(url, headers);
    const facts = factsOf(message, subprotocol);
    const connection = isFresh ? this.#source.began(facts) : this.#source.opened({ ...facts, isPartial: true });
    if (!isFresh) this.#source.note(connection, 'This socket was open before: what it said until now is unknown.');
    this.#handshakes.keep(connection, seen);
    this.#onConnection(connection);
    this.#sockets.set(key, { connection, message, isOpen: !isFresh });
  }
}

type NewSocket = Extract<HookMessage, { readonly kind: 'new' }>;

function factsOf({ url, peer, headers, side }: NewSocket, subprotocol: string | null) {
  const parsed = parseUrl(url);
  const path = parsed ? `${parsed.pathname}${parsed.search}` : '';
  const name = side === 'server' ? `${parsed?.pathname ?? ''} from ${peer ?? 'a client'}`.trim() : null;
  const request = headers.length > 0 ? { target: path, headers } : null;
  return { url, peer, subprotocol, request, response: null, ...(name === null ? {} : { name }) };
}
