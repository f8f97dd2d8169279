import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { root } from '../scripts/setup.mjs';

/** Connections to one echo server by three ways: direct, through a relay of bare ws, through `wsprobe tap`, each in a process of its own. */
export async function withWays(work) {
  const children = [];
  const start = (args, stream) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return new Promise((found, fail) => {
      let said = '';
      child[stream].setEncoding('utf8').on('data', (part) => {
        said += part;
        const port = /(?:^|127\.0\.0\.1:)(\d+)\s/.exec(said)?.[1];
        if (port) found(`ws://127.0.0.1:${port}/`);
      });
      child.once('exit', (code) => fail(new Error(`node ${args.join(' ')} ended with ${code}: ${said}`)));
    });
  };
  try {
    const direct = await start([join(root, 'bench/echoServer.mjs')], 'stdout');
    const bare = await start([join(root, 'bench/bareRelay.mjs'), direct], 'stdout');
    const tap = await start([join(root, 'dist/cli/wsprobe.mjs'), 'tap', '--target', direct, '-q'], 'stderr');
    const sockets = {};
    for (const [name, url] of Object.entries({ direct, bare, tap })) {
      sockets[name] = new WebSocket(url, { perMessageDeflate: false });
      await once(sockets[name], 'open');
    }
    return await work(sockets);
  } finally {
    for (const child of children) {
      child.removeAllListeners('exit');
      child.kill();
    }
  }
}

/** Milliseconds for `count` echoes, `window` of them under way at a time. */
export function echoes(socket, { count, window, payload }) {
  return new Promise((done) => {
    let sent = 0;
    let received = 0;
    const startedAt = performance.now();
    const take = () => {
      received += 1;
      if (received === count) {
        socket.off('message', take);
        done(performance.now() - startedAt);
      } else if (sent < count) {
        sent += 1;
        socket.send(payload);
      }
    };
    socket.on('message', take);
    for (; sent < Math.min(window, count); sent++) socket.send(payload);
  });
}
