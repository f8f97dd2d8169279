import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { isLoopbackName } from '../base/address.js';
import type { Credential } from './certificates.js';
import type { Wire } from './wire.js';

/** Where the proxies of a playground lead: to its own ports, on the address it listens on. */
export interface Relay {
  readonly host: string;
  readonly ports: ReadonlySet<number>;
  /** Sockets are handed in as they are made, so that stopping ends them. */
  readonly own: (socket: Socket) => void;
}

/** Whether `host`, as the client wrote it, and `port` name this playground. */
export function isOwn(relay: Relay, host: string, port: number): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  return relay.ports.has(port) && (name === relay.host || isLoopbackName(name));
}

/** Connects, then tells; every failure is `null`. */
export function connectTo({ host, own }: Relay, port: number, done: (socket: Socket | null) => void): void {
  const socket = net.connect({ host, port, allowHalfOpen: true });
  own(socket);
  const onError = (): void => done(null);
  socket.once('error', onError);
  socket.once('connect', () => {
    socket.off('error', onError);
    done(socket);
  });
}

/** From here on bytes pass as they are, ends and resets too. `early` came from the client already. */
export function join(wire: Wire, upstream: Socket, early: Buffer): void {
  const client = wire.handOver();
  if (early.length > 0) upstream.write(early);
  tie(client, upstream);
}

/** Ends TLS here, in the name of whatever was asked for, and asks the target anew. Plain traffic passes as it is. */
export function intercept(wire: Wire, upstream: Socket, early: Buffer, { certPem, keyPem }: Credential): void {
  const client = wire.handOver();
  const begin = (first: Buffer | null): void => {
    if (first?.[0] !== TLS_HANDSHAKE) {
      if (first !== null) upstream.write(first);
      tie(client, upstream);
      return;
    }
    client.pause();
    client.unshift(first);
    const alpn = { ALPNProtocols: ['http/1.1'] };
    const inner = new tls.TLSSocket(client, { isServer: true, cert: certPem, key: keyPem, ...alpn });
    // It leads to this playground alone, whose certificates are there to be tried.
    tie(inner, tls.connect({ socket: upstream, rejectUnauthorized: false, ...alpn }));
  };
  if (early.length > 0) begin(early);
  else firstOf(client, upstream, begin);
}

/** What the client says first; null when one of the two goes before that. */
function firstOf(client: Socket, upstream: Socket, take: (first: Buffer | null) => void): void {
  const settle = (first: Buffer | null): void => {
    client.off('data', settle).off('end', onGone).off('close', onGone);
    upstream.off('close', onGone);
    take(first);
  };
  const onGone = (): void => settle(null);
  client.on('data', settle).on('end', onGone).on('close', onGone);
  upstream.on('close', onGone);
  if (client.destroyed || client.readableEnded) onGone();
}

const TLS_HANDSHAKE = 0x16;

function tie(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () =>
      to instanceof net.Socket && !(to instanceof tls.TLSSocket) ? to.resetAndDestroy() : to.destroy(),
    );
    from.on('close', () => to.destroy());
    from.pipe(to);
    // What was over before the other side was there tells nobody any more.
    if (from.destroyed) to.destroy();
    else if (from.readableEnded) to.end();
  }
}
