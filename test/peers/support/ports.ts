import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const HOST = '127.0.0.1';

/** Free ports of loopback, all different. */
export async function pickPorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, HOST);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Nobody listens there, and nobody is given it by chance: ports below 1024 are not picked. */
export async function quietPort(): Promise<number> {
  for (let port = 1; port < 1024; port += 1) if (!(await takesConnections(port))) return port;
  throw new Error('somebody listens on every port below 1024');
}

/** Asks until the port takes a connection. */
export async function untilListening(port: number, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await takesConnections(port))) {
    if (performance.now() > deadline) throw new Error(`nobody listens on port ${port} after ${withinMs} ms`);
    await pause(20);
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
