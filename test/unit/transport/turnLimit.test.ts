import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { systemNetwork } from '../../../src/core/transport/network.js';

const MIB = 1024 * 1024;

describe('a socket that reads into a large room', () => {
  it('lets the event loop turn in a flood, and loses nothing', async () => {
    const sent = Buffer.from(Array.from({ length: 251 }, (_, at) => at));
    const block = Buffer.concat(Array.from({ length: 4096 }, () => sent));
    const blocks = 64;
    const server = createServer((peer) => {
      peer.on('error', () => {});
      for (let left = blocks; left > 0; left--) peer.write(block);
      peer.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const room = Buffer.alloc(MIB);
    const socket = systemNetwork.connect('127.0.0.1', 4, (server.address() as AddressInfo).port, () => room);
    let [bytes, inTurn, most, turning] = [0, 0, 0, true];
    const turn = () => {
      most = Math.max(most, inTurn);
      inTurn = 0;
      if (turning) setImmediate(turn);
    };
    turn();
    socket.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += 4099) assert.equal(chunk[at], (bytes + at) % 251);
      bytes += chunk.length;
      inTurn += chunk.length;
      // Time for the peer to fill what there is.
      for (const until = performance.now() + 2; performance.now() < until; );
    });
    await once(socket, 'close');
    turning = false;
    server.close();
    assert.equal(bytes, blocks * block.length);
    assert.ok(most < 6 * MIB, `${most} bytes in one turn`);
  });
});
