import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbeError } from '../../base/errors.js';
import { formatAuthority } from '../../base/address.js';
import type { RecordedConversation } from '../../record/conversations.js';
import type { MockPace } from './mockClient.js';
import { MockDoor } from './mockDoor.js';
import type { MockEvent } from './mockEvents.js';

export interface MockOptions {
  readonly conversations: readonly RecordedConversation[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly pace: MockPace;
  /** Told of no client. */
  readonly secrets: readonly string[];
  readonly onEvent: (event: MockEvent) => void;
}

export interface Mock {
  readonly url: string;
  /** Ends every connection and the server. */
  stop(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;

/** A server that answers as recorded conversations did, each client by one of them. Rejects with `mock.listen`. */
export async function startMock(options: MockOptions): Promise<Mock> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (_request, response) => {
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
    response.end('This mock answers WebSocket clients.\n');
  });
  const door = new MockDoor(options);
  server.on('upgrade', (request, socket, head) => door.enter(request, socket, head));
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new ProbeError(
          'mock.listen',
          `Cannot listen on ${options.host}:${options.port} (${error.code ?? error.message}).`,
          {
            hint: 'Port 0 takes a free one.',
            cause: error,
          },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `ws://${formatAuthority(address, port)}/`,
    stop: async () => {
      door.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
