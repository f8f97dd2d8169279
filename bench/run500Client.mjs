// What run.500 is measured against: bare `ws` connections in a process of its own, each held as long as a probe holds.
// Usage: node run500Client.mjs <url> <count> <at a time> <hold in ms>
import { WebSocket } from 'ws';

const [url, count, concurrency, holdMs] = process.argv.slice(2);
let left = Number(count);

async function worker() {
  while (left-- > 0) {
    await new Promise((done, fail) => {
      const socket = new WebSocket(url);
      socket.once('open', () => setTimeout(() => socket.close(1000), Number(holdMs)));
      socket.once('close', done);
      socket.once('error', fail);
    });
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker));
