import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { createServer } from 'node:https';

export interface TlsServer {
  readonly url: string;
  /** The common names of the client certificates seen, null for a connection without one; and the names asked for (SNI). */
  readonly clients: readonly { readonly name: string | null; readonly serverName: string | false }[];
  stop(): Promise<void>;
}

/** A WebSocket server over TLS that echoes, and notes who came. */
export async function startTlsServer(options: TlsOptions): Promise<TlsServer> {
  const clients: { name: string | null; serverName: string | false }[] = [];
  const server = createServer(options);
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    const { subject } = socket.getPeerCertificate();
    clients.push({
      name: subject ? String(subject.CN) : null,
      serverName: (socket as { servername?: string | false }).servername ?? false,
    });
  });
  server.on('tlsClientError', () => {});
  const webSockets = new WebSocketServer({ server });
  webSockets.on('connection', (socket) => {
    socket.on('error', () => {}).on('message', (data, binary) => socket.send(data, { binary }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    clients,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
