import { constants, deflateRawSync } from 'node:zlib';
import type { Behaviour } from './behaviour.js';
import { encodeFrame } from '../frames/frameEncoder.js';
import { openAndSend, openPeer } from './peer.js';
import { respond } from './response.js';
import type { Visit } from './visit.js';

type Bytes = Buffer | ((visit: Visit) => Buffer);

/** Opens and sends these bytes right behind the 101; answers pings and Close, echoes. */
function sends(path: string, summary: string, bytes: Bytes, parameters: string | null = null): Behaviour {
  return {
    path,
    group: 'Broken frames',
    summary,
    parameters: parameters === null ? 'same-packet=0' : `${parameters}&same-packet=0`,
    takes: 'websocket',
    run: (visit) => void openAndSend(visit, typeof bytes === 'function' ? bytes(visit) : bytes),
  };
}

const text = (payload: string | Buffer, fin = true): Buffer => encodeFrame({ opcode: 1, payload, fin });
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

export const frames: readonly Behaviour[] = [
  sends('/masked', 'A masked text frame, which only clients may send.', () =>
    encodeFrame({ opcode: 1, payload: 'masked', maskKey: 0x37fa213d }),
  ),
  sends('/bad-utf8', 'A text message that is no UTF-8.', text(hex('68 65 6c 6c 6f c3 28'))),
  sends(
    '/bad-utf8-fragments',
    'A text message in three fragments whose second breaks UTF-8 begun in the first.',
    Buffer.concat([
      text(hex('ce ba e1 bd'), false),
      encodeFrame({ opcode: 0, payload: hex('b9 ed a0'), fin: false }),
      encodeFrame({ opcode: 0, payload: hex('80 65 64') }),
    ]),
  ),
  sends(
    '/bad-opcode',
    'A frame with a reserved opcode.',
    (visit) => encodeFrame({ opcode: visit.number('opcode', 3, 0, 15), payload: 'opcode' }),
    'opcode=3',
  ),
  sends(
    '/rsv',
    'A text frame with a reserved bit that no extension gave a meaning.',
    (visit) => encodeFrame({ opcode: 1, payload: 'reserved', [`rsv${visit.number('bit', 1, 1, 3)}`]: true }),
    'bit=1|2|3',
  ),
  sends(
    '/orphan-continuation',
    'A continuation frame that continues nothing.',
    encodeFrame({ opcode: 0, payload: 'orphan' }),
  ),
  sends(
    '/interrupted-fragments',
    'A new text message before the last fragment of the one before.',
    Buffer.concat([text('first half', false), text('another message')]),
  ),
  sends('/fragmented-ping', 'A ping without FIN.', encodeFrame({ opcode: 9, payload: 'ping', fin: false })),
  sends(
    '/long-ping',
    'A ping of 126 bytes, one more than a control frame may have.',
    encodeFrame({ opcode: 9, payload: 'p'.repeat(126) }),
  ),
  sends(
    '/declared',
    'A binary frame header that declares this many bytes, then nothing.',
    (visit) => encodeFrame({ opcode: 2, declaredBytes: declaredBytes(visit.text('bytes', '')) }),
    'bytes=1099511627776',
  ),
  sends(
    '/half-frame',
    'The header of a text frame of 100 bytes and the first 10 of them, then nothing.',
    encodeFrame({ opcode: 1, payload: 'first ten.', declaredBytes: 100n }),
  ),
  {
    path: '/raw',
    example: '/raw?hex=81026869',
    group: 'Broken frames',
    summary: 'Any bytes, up to 2,048 of them, behind the 101; with chop=1 one byte at a time.',
    parameters: 'hex=&chop=0&same-packet=0',
    takes: 'websocket',
    run: sendRaw,
  },
  compressed('/bad-deflate', 'A compressed message that is no DEFLATE data.', () =>
    encodeFrame({ opcode: 1, payload: hex('ff ff ff ff ff ff'), rsv1: true }),
  ),
  compressed(
    '/bomb',
    'A small compressed message that inflates to this many zero bytes.',
    (visit) =>
      encodeFrame({ opcode: 2, payload: zeros(visit.number('bytes', 90_000_000, 0, 4_294_967_296)), rsv1: true }),
    'bytes=90000000',
  ),
];

function compressed(path: string, summary: string, bytes: (visit: Visit) => Buffer, parameters?: string): Behaviour {
  return {
    path,
    group: 'Broken frames',
    summary: `${summary} Needs permessage-deflate to be offered.`,
    parameters: parameters === undefined ? 'same-packet=0' : `${parameters}&same-packet=0`,
    takes: 'websocket',
    run: (visit) => {
      if (!visit.offersDeflate) refuseWithoutDeflate(visit);
      else
        openAndSend(visit, bytes(visit), {
          changes: { extensions: ['permessage-deflate; server_no_context_takeover'] },
        });
    },
  };
}

function sendRaw(visit: Visit): void {
  const bytes = Buffer.from(visit.text('hex', ''), 'hex');
  if (!visit.flag('chop')) {
    openAndSend(visit, bytes);
    return;
  }
  openPeer(visit);
  let index = 0;
  visit.wire.every(1, () => {
    if (index < bytes.length) visit.wire.write(bytes.subarray(index, ++index));
  });
}

function refuseWithoutDeflate(visit: Visit): void {
  respond(visit, {
    status: 400,
    reason: 'Bad Request',
    headers: [['Content-Type', 'text/plain; charset=utf-8']],
    body: 'This path needs permessage-deflate: offer it in Sec-WebSocket-Extensions.\n',
  });
}

function declaredBytes(digits: string): bigint {
  return /^\d{1,20}$/.test(digits) ? BigInt.asUintN(64, BigInt(digits)) : 1_099_511_627_776n;
}

const BLOCK_BYTES = 1_048_576;

/** RFC 7692 payload of `bytes` zeros. One deflated block, repeated: a bomb costs its sender nothing. */
function zeros(bytes: number): Buffer {
  const block = deflatedZeros(BLOCK_BYTES);
  const blocks = Array.from({ length: Math.floor(bytes / BLOCK_BYTES) }, () => block);
  return Buffer.concat([...blocks, deflatedZeros(bytes % BLOCK_BYTES)]).subarray(0, -4);
}

// Ends with the empty stored block of a sync flush, at a byte boundary, so that another block can follow.
function deflatedZeros(bytes: number): Buffer {
  return deflateRawSync(Buffer.alloc(bytes), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
}
