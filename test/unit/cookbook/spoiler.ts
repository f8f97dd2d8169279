import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

/** What a server says in place of what it said. Binary messages are given as latin1. */
export type Spoil = (message: string) => string;

/** Relays to a server, and changes what it answers. Its address. */
export async function startSpoiler(to: string, spoil: Spoil): Promise<{ readonly url: string; stop(): void }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on('connection', (client, { url, headers }) => {
    const offered = headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? [];
    const upstream = new WebSocket(`${to}${url}`, offered);
    const opened = once(upstream, 'open');
    client.on('message', (data: RawData, isBinary) => {
      void opened.then(() => upstream.send(data, { binary: isBinary }));
    });
    upstream.on('message', (data: Buffer, isBinary) => {
      const said = spoil(data.toString(isBinary ? 'latin1' : 'utf8'));
      client.send(Buffer.from(said, isBinary ? 'latin1' : 'utf8'), { binary: isBinary });
    });
    client.on('close', () => upstream.terminate());
    upstream.on('close', () => client.close());
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
