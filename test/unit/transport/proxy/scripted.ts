import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxyRoute } from '../../../../src/core/base/plan.js';
import { createClock } from '../../../../src/core/base/clock.js';
import { systemNetwork } from '../../../../src/core/transport/network.js';
import type { Outcome } from '../../../../src/core/transport/outcome.js';
import { emptyTunnel, type TunnelOptions, type TunnelRecord } from '../../../../src/core/transport/proxy/tunnel.js';
import { openTunnel } from '../../../../src/core/transport/proxy/openTunnel.js';
import { RawClient } from '../../../support/rawClient.js';

export const ROUTE: ProxyRoute = {
  kind: 'http',
  host: '127.0.0.1',
  port: 3128,
  username: null,
  password: null,
  authorization: null,
  rejectUnauthorized: true,
  source: 'profile',
};

export interface Asked {
  readonly outcome: Outcome<Duplex>;
  readonly record: TunnelRecord;
  /** Our end of the connection to the proxy. */
  readonly socket: Socket;
  /** The proxy's end; what it has not taken is pending. */
  readonly client: RawClient;
}

/** The proxy's part: it may write, or use the streams at both ends. */
export type Serve = (client: RawClient, ours: Socket) => unknown;

/** Servers on loopback that say what a test lets them, one connection each. */
export class ScriptedProxies {
  readonly #servers: Server[] = [];
  readonly #sockets: Socket[] = [];

  async ask(
    serve: Serve,
    { route, ...options }: Partial<Omit<TunnelOptions, 'route'>> & { readonly route?: Partial<ProxyRoute> } = {},
  ): Promise<Asked> {
    const server = net.createServer({ noDelay: true }).listen(0, '127.0.0.1');
    this.#servers.push(server);
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = net.connect((server.address() as { port: number }).port, '127.0.0.1');
    const [[theirs]] = await Promise.all([accepted, once(socket, 'connect')]);
    this.#sockets.push(theirs, socket);
    const client = RawClient.over(theirs);
    const record = emptyTunnel();
    const opening = openTunnel(socket, {
      route: { ...ROUTE, ...route },
      host: 'backend.test',
      port: 80,
      context: null,
      timeoutMs: 5_000,
      signal: undefined,
      allowLinkLocal: false,
      network: systemNetwork,
      clock: createClock(),
      record,
      ...options,
    });
    const [outcome] = await Promise.all([opening, serve(client, socket)]);
    return { outcome, record, socket, client };
  }

  stop(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    for (const server of this.#servers.splice(0)) server.close();
  }
}

/** Writes bytes in parts; each is read at the other end before the next leaves. */
export async function sayInParts(client: RawClient, ours: Socket, parts: readonly Uint8Array[]): Promise<void> {
  const before = ours.bytesRead;
  let sent = 0;
  for (const part of parts) {
    if (ours.destroyed || client.socket.destroyed) return;
    client.send(part);
    sent += part.length;
    while (!ours.destroyed && ours.bytesRead - before < sent) await new Promise((resolve) => setImmediate(resolve));
  }
}
