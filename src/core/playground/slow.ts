import { STATUS_CODES } from 'node:http';
import type { Behaviour } from './behaviour.js';
import { openPeer } from './peer.js';
import { formatHead } from './cannedResponse.js';
import type { Visit } from './visit.js';

const BLOCK = Buffer.alloc(16_384, 'playground ');
const MAX_WAITING_BYTES = 16_777_216;
// What a waiting message costs beside its payload.
const MESSAGE_BYTES = 256;

export const slow: readonly Behaviour[] = [
  {
    path: '/slow-upgrade',
    group: 'Slow or endless',
    summary: 'Waits before it answers 101, then echoes.',
    parameters: 'ms=1500',
    takes: 'websocket',
    run: (visit) => void visit.wire.after(visit.milliseconds('ms', 1_500), () => openPeer(visit)),
  },
  {
    path: '/slow-echo',
    group: 'Slow or endless',
    summary: 'Sends every message back after a while; with every=5, only each fifth waits.',
    parameters: 'ms=300&every=1',
    takes: 'websocket',
    run: slowEcho,
  },
  {
    path: '/trickle',
    group: 'Slow or endless',
    summary: 'An HTTP answer without end, one byte at a time: a server that keeps every idle timer happy.',
    parameters: 'ms=100&part=status|headers|body',
    takes: 'anything',
    run: trickle,
  },
  {
    path: '/never',
    group: 'Slow or endless',
    summary: 'Takes the request and never answers.',
    takes: 'anything',
    run: () => {},
  },
  {
    path: '/endless-headers',
    group: 'Slow or endless',
    summary: 'Headers without end, as fast as they are read.',
    takes: 'anything',
    run: (visit) => {
      let count = 0;
      visit.wire.write('HTTP/1.1 200 OK\r\n');
      visit.wire.stream(() => `X-Endless-${++count}: ${'a'.repeat(200)}\r\n`);
    },
  },
  {
    path: '/endless-body',
    group: 'Slow or endless',
    summary: 'A refusal with a body without end, as fast as it is read.',
    parameters: 'status=404&chunked=0',
    takes: 'anything',
    run: endlessBody,
  },
  {
    path: '/large-headers',
    group: 'Slow or endless',
    summary: 'A right 101 with this many bytes of extra headers, then echoes.',
    parameters: 'bytes=20000',
    takes: 'websocket',
    run: (visit) => void openPeer(visit, { changes: { more: padding(visit.number('bytes', 20_000, 0, 4_194_304)) } }),
  },
  {
    path: '/informational',
    group: 'Slow or endless',
    summary: 'Interim answers before the 101, then echoes.',
    parameters: 'count=1&status=103',
    takes: 'websocket',
    run: informational,
  },
];

function slowEcho(visit: Visit): void {
  const delayMs = visit.milliseconds('ms', 300);
  const every = visit.number('every', 1, 1, 1_000_000);
  let waiting = 0;
  let count = 0;
  openPeer(visit, {
    onData: (frame, peer) => {
      if (++count % every !== 0) {
        peer.echo(frame);
        return;
      }
      const bytes = frame.payload.length + MESSAGE_BYTES;
      waiting += bytes;
      if (waiting > MAX_WAITING_BYTES) visit.wire.socket.pause();
      visit.wire.after(delayMs, () => {
        peer.echo(frame);
        waiting -= bytes;
        if (waiting === 0) visit.wire.socket.resume();
      });
    },
  });
}

const TRICKLES = {
  status: { head: '', bytes: 'HTTP/1.1 404 Not', again: ' Not' },
  headers: { head: 'HTTP/1.1 404 Not Found\r\n', bytes: '', again: 'X-Trickle: drop\r\n' },
  body: {
    head: 'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n',
    bytes: '',
    again: 'drop ',
  },
} as const;

function trickle(visit: Visit): void {
  const part = visit.text('part', 'headers');
  const { head, bytes, again } = TRICKLES[part === 'status' || part === 'body' ? part : 'headers'];
  visit.wire.write(head);
  let index = 0;
  visit.wire.every(visit.number('ms', 100, 1, 3_600_000), () => {
    visit.wire.write(bytes[index] ?? again[(index - bytes.length) % again.length] ?? ' ');
    index++;
  });
}

function endlessBody(visit: Visit): void {
  const status = visit.number('status', 404, 200, 599);
  const chunked = visit.flag('chunked');
  visit.wire.write(
    formatHead(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Playground'}`, [
      ['Content-Type', 'text/plain'],
      chunked ? ['Transfer-Encoding', 'chunked'] : ['Connection', 'close'],
    ]),
  );
  const block = chunked ? Buffer.concat([Buffer.from('4000\r\n'), BLOCK, Buffer.from('\r\n')]) : BLOCK;
  visit.wire.stream(() => block);
}

// Lines of 1,000 bytes, name and line end included, and a last one with what is left.
function padding(bytes: number): [string, string][] {
  const overhead = 'X-Padding: \r\n'.length;
  const lines: [string, string][] = [];
  for (let left = bytes; left > 0; left -= 1_000) {
    lines.push(['X-Padding', 'p'.repeat(Math.max(1, Math.min(left, 1_000) - overhead))]);
  }
  return lines;
}

function informational(visit: Visit): void {
  const status = visit.number('status', 103, 100, 199);
  // 101 itself would be the answer.
  const interim = status === 101 ? 103 : status;
  const line = `HTTP/1.1 ${interim} ${STATUS_CODES[interim] ?? 'Playground'}`;
  const one = formatHead(line, interim === 103 ? [['Link', '</style.css>; rel=preload']] : []);
  let left = visit.number('count', 1, 0, 1_000_000);
  visit.wire.stream(
    () => (left-- > 0 ? one : null),
    () => void openPeer(visit),
  );
}
