// The peer of the ingest benchmarks: a raw server in a process of its own that writes pre-framed bytes as fast as they are taken.
// `/?size=64&count=1000000` sends that many binary frames of that size, then Close 1000. Prints its port, and how many frames
// a connection was sent once it has ended. Ends with its input.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BLOCK_BYTES = 1024 * 1024;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let head = '';
  const onHead = (chunk) => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', onHead);
    socket.resume();
    const key = /^sec-websocket-key: *(.+)\r$/im.exec(head)?.[1] ?? '';
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const query = new URL(/^GET (\S+)/.exec(head)?.[1] ?? '/', 'http://x').searchParams;
    flood(socket, Number(query.get('size') ?? 64), Number(query.get('count') ?? 1000));
  };
  socket.on('data', onHead);
});

function flood(socket, size, count) {
  const frame = Buffer.concat([header(size), Buffer.alloc(size, 'wsprobe ')]);
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / frame.length));
  const block = Buffer.concat(Array.from({ length: perBlock }, () => frame));
  let left = count;
  socket.on('close', () => process.stdout.write(`${count - left}\n`));
  const write = () => {
    while (left > 0) {
      const frames = Math.min(left, perBlock);
      left -= frames;
      if (!socket.write(block.subarray(0, frames * frame.length))) {
        socket.once('drain', write);
        return;
      }
    }
    socket.end(Buffer.from([0x88, 2, 3, 0xe8]));
  };
  write();
}

function header(size) {
  if (size < 126) return Buffer.from([0x82, size]);
  const head = Buffer.from([0x82, 126, 0, 0]);
  head.writeUInt16BE(size, 2);
  return head;
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
