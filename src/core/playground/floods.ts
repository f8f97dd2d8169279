import type { Behaviour } from './behaviour.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openPeer } from './peer.js';
import type { Visit } from './visit.js';

const GIBIBYTE = 1_073_741_824;
const PIECE_BYTES = 65_536;

export const floods: readonly Behaviour[] = [
  {
    path: '/big',
    group: 'Floods',
    summary: 'One big text message in one frame, then echoes.',
    parameters: 'bytes=1000000',
    takes: 'websocket',
    run: (visit) =>
      sendBig(visit, 1, visit.number('bytes', 1_000_000, 0, GIBIBYTE), Buffer.alloc(PIECE_BYTES, '0123456789abcdef')),
  },
  {
    path: '/binary',
    group: 'Floods',
    summary: 'One binary message of the bytes 00 to ff again and again, then echoes.',
    parameters: 'bytes=1024',
    takes: 'websocket',
    run: (visit) => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
      sendBig(visit, 2, visit.number('bytes', 1_024, 0, GIBIBYTE), Buffer.alloc(PIECE_BYTES, all));
    },
  },
  {
    path: '/fragments',
    group: 'Floods',
    summary: 'One text message in fragments, empty ones with empty=1; then echoes.',
    parameters: 'count=5&empty=0',
    takes: 'websocket',
    run: (visit) => {
      const count = visit.number('count', 5, 1, 1_000_000);
      const empty = visit.flag('empty');
      sendMany(visit, count, (index) =>
        encodeFrame({
          opcode: index === 0 ? 1 : 0,
          payload: empty ? '' : `fragment ${index + 1};`,
          fin: index === count - 1,
        }),
      );
    },
  },
  {
    path: '/flood',
    group: 'Floods',
    summary: 'Many binary messages as fast as they are read, each beginning with its number; then echoes.',
    parameters: 'count=100000&bytes=64',
    takes: 'websocket',
    run: (visit) => {
      const payload = Buffer.alloc(visit.number('bytes', 64, 4, PIECE_BYTES));
      sendMany(visit, visit.number('count', 100_000, 0, 100_000_000), (index) => {
        payload.writeUInt32BE(index, 0);
        return encodeFrame({ opcode: 2, payload });
      });
    },
  },
  {
    path: '/ping-flood',
    group: 'Floods',
    summary: 'Many pings at once, each with its number; then echoes.',
    parameters: 'count=100',
    takes: 'websocket',
    run: (visit) =>
      sendMany(visit, visit.number('count', 100, 0, 1_000_000), (index) =>
        encodeFrame({ opcode: 9, payload: String(index + 1) }),
      ),
  },
];

function sendBig(visit: Visit, opcode: number, bytes: number, piece: Buffer): void {
  openPeer(visit);
  visit.wire.after(0, () => {
    let left = bytes;
    visit.wire.write(encodeFrame({ opcode, declaredBytes: BigInt(bytes) }));
    visit.wire.stream(() => {
      const next = left > 0 ? piece.subarray(0, left) : null;
      left -= piece.length;
      return next;
    });
  });
}

/** Frames in writes of about 64 KiB: a flood that sends each by itself is its own limit. */
function sendMany(visit: Visit, count: number, frame: (index: number) => Buffer): void {
  openPeer(visit);
  let index = 0;
  const next = (): Buffer | null => {
    const batch: Buffer[] = [];
    for (let size = 0; size < PIECE_BYTES && index < count; size += batch.at(-1)?.length ?? 0)
      batch.push(frame(index++));
    return batch.length === 0 ? null : Buffer.concat(batch);
  };
  visit.wire.after(0, () => visit.wire.stream(next));
}
