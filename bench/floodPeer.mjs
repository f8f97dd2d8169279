import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../scripts/setup.mjs';

/**
 * Starts the flood server in a process of its own, hands `use` its URL and what waits for the frames of the next
 * connection that ends, and ends it after.
 */
export async function withFlood(use) {
  const server = spawn(process.execPath, [join(root, 'bench/floodServer.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(server.stdout);
  const nextNumber = async () => Number((await once(lines, 'line'))[0]);
  try {
    const port = await nextNumber();
    return await use(`ws://127.0.0.1:${port}`, nextNumber);
  } finally {
    server.stdin.end();
    server.kill();
  }
}
