import type { FrameViolation } from '../../base/frame.js';
import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { asciiOf, formatMs } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { agreedToDeflate } from '../snippets/proxy.js';
import { textFix } from '../snippets/shell.js';
import { httpAfterUpgrade } from './httpAfterUpgrade.js';

const HTTP = 'frame.http-after-upgrade';
type FrameId = Exclude<FrameViolation['id'], `limit.${string}`>;

interface Text {
  readonly title: string;
  readonly explanation: string;
  readonly fixes: () => readonly Fix[];
}

const library = textFix(
  'Let a library write the frames',
  'Frames written by hand go wrong at the edges: lengths of 126 and more, fragments, control frames in between.',
  'Use the WebSocket library of the platform, in its current version.',
);
const noCompression = profileFix('See whether it works without compression (profile)', { compression: false });
const lostBytes = textFix(
  'Look for lost or doubled bytes',
  'Write to the socket from one place only; log the bytes around the offset on the server and compare.',
);

const texts: Readonly<Record<Exclude<FrameId, typeof HTTP>, Text>> = {
  'frame.masked': {
    title: 'The server sent a masked frame, which only clients may do',
    explanation:
      'Frames from a server must not be masked (RFC 6455 5.1). The peer uses the client side of its library, or something sends our own bytes back.',
    fixes: () => [library],
  },
  'frame.reserved-bits': {
    title: 'The server sent a frame with reserved bits set that no extension gave a meaning',
    explanation:
      'RSV1 means "compressed" only after permessage-deflate was negotiated; RSV2 and RSV3 mean nothing (RFC 6455 5.2). The server compresses without having agreed to, something took Sec-WebSocket-Extensions out of its answer, or bytes were lost.',
    fixes: () => [noCompression, lostBytes],
  },
  'frame.invalid-opcode': {
    title: 'The server sent a frame with an unknown opcode',
    explanation:
      'Only the opcodes 0, 1, 2, 8, 9 and 10 exist (RFC 6455 5.2). The server has a fault, or bytes were lost and this is no frame header.',
    fixes: () => [library, lostBytes],
  },
  'frame.unexpected-continuation': {
    title: 'The server sent a continuation frame though no message had begun',
    explanation:
      'A continuation (opcode 0) must follow a first fragment (RFC 6455 5.4). Two writers that share one connection, or a fragment that lost its beginning, look like this.',
    fixes: () => [lostBytes, library],
  },
  'frame.expected-continuation': {
    title: 'The server began a new message in the middle of a fragmented one',
    explanation:
      'Until the last fragment only control frames may come in between (RFC 6455 5.4). Two writers send on one connection without waiting for each other.',
    fixes: () => [lostBytes, library],
  },
  'frame.invalid-control': {
    title: 'The server sent a control frame that is fragmented or longer than 125 bytes',
    explanation:
      'Ping, pong and close frames have at most 125 bytes and come in one piece (RFC 6455 5.5). Close reasons that are too long are the usual cause.',
    fixes: () => [
      {
        title: 'Keep close reasons short',
        language: 'javascript',
        snippet: 'ws.close(code, Buffer.from(reason).subarray(0, 123).toString());',
      },
      library,
    ],
  },
  'frame.invalid-close': {
    title: 'The server sent a Close frame that is not valid',
    explanation:
      'A Close frame is empty, or begins with two bytes of code in network order; 1005, 1006, 1015 and everything outside 1000-4999 may not be sent (RFC 6455 7.4).',
    fixes: () => [
      { title: 'Close with a code that may be sent', language: 'javascript', snippet: "ws.close(4000, 'why');" },
      library,
    ],
  },
  'frame.invalid-utf8': {
    title: 'The server sent text that is not valid UTF-8',
    explanation:
      'Text messages and close reasons must be UTF-8 (RFC 6455 8.1). Binary data sent as text, or text in another encoding, are the usual cause.',
    fixes: () => [
      {
        title: 'Send bytes as binary',
        language: 'javascript',
        snippet: 'ws.send(buffer, { binary: true });',
      },
    ],
  },
  'frame.bad-deflate': {
    title: 'A compressed message of the server cannot be inflated',
    explanation:
      'The data are no valid deflate stream (RFC 7692). The two sides disagree about the context that is kept between messages, or bytes were lost.',
    fixes: () => [
      noCompression,
      profileFix('Do not keep a context (profile)', { compression: { serverNoContextTakeover: true } }),
    ],
  },
};

/** A frame that breaks RFC 6455 5 or RFC 7692. */
export const frames: Rule = {
  ids: [HTTP, ...Object.keys(texts)],
  diagnose: (evidence) => {
    const { violation, openForMs } = evidence.stream;
    if (!violation || (violation.id !== HTTP && !Object.hasOwn(texts, violation.id))) return null;
    const id = violation.id as FrameId;
    const text =
      id === HTTP ? httpAfterUpgrade(evidence) : (noFrames(evidence, violation) ?? textOf(id, violation, evidence));
    return finding(id, {
      ...text,
      ...(evidence.failure?.phase === 'close' ? { severity: 'warning' as const } : {}),
      evidence: [
        quoteText(violation.message, 300),
        ...violationBytes(violation),
        openForMs !== null && `The connection had been open for ${formatMs(openForMs)}`,
      ],
    });
  },
};

function textOf(id: Exclude<FrameId, typeof HTTP>, { hex }: FrameViolation, evidence: Evidence) {
  const first = bytesOf(hex)[0] ?? 0;
  if (id === 'frame.reserved-bits' && agreedToDeflate(evidence) && (first & 0x70) === 0x40)
    return {
      title: `The server marked a ${(first & 0x0f) === 0 ? 'continuation' : 'control'} frame as compressed (RSV1), which only the first frame of a message may be`,
      explanation:
        'Compression was negotiated, and RSV1 stands once for a whole message, in its first frame (RFC 7692 6). A library that sets it on every fragment does so; messages in one frame would pass.',
      fixes: [noCompression, library],
    };
  const payload = asciiOf(bytesOf(hex).subarray(2, 2 + ((bytesOf(hex)[1] ?? 0) & 0x7f)), 40);
  if (id === 'frame.invalid-close' && /^[\x20-\x7e]{3,}$/.test(payload))
    return {
      ...texts[id],
      title: `The server sent a Close frame with text in the place of its code: "${quoteText(payload.replaceAll('"', "'"), 60)}"`,
      fixes: texts[id].fixes(),
    };
  const second = bytesOf(hex)[1] ?? 0;
  const text = asciiOf(bytesOf(hex).subarray(2, 14));
  if (id === 'frame.masked' && /^[\t\r\n\x20-\x7e]{8,}$/.test(text))
    return {
      title: `The server wrote a length of ${second} bytes into one byte, which reads as a masked frame of ${second & 0x7f} bytes`,
      explanation: `One byte holds lengths up to 125 bytes; its highest bit says that the frame is masked. A length of ${second} bytes must be written as the number 126 and the length in two bytes (RFC 6455 5.2). The text begins right behind it, so it is not masked at all.`,
      fixes: [
        textFix(
          'On the server: the length of a frame',
          'up to 125: one byte; up to 65535: the byte 126 and two bytes, the high one first; above: the byte 127 and eight.',
        ),
        library,
      ],
    };
  // RSV1 alone, on the beginning of a message.
  const compressed = id === 'frame.reserved-bits' && (first & 0x70) === 0x40 && [1, 2].includes(first & 0x0f);
  return {
    ...texts[id],
    ...(compressed && {
      title: 'The server sent a compressed message (RSV1), and compression was not negotiated',
    }),
    fixes: texts[id].fixes(),
  };
}

/** What stands where the first frame should begin is readable: somebody wrote text to the bare socket, or in chunks of HTTP. */
function noFrames(
  { problems }: Evidence,
  { hex, wireOffset }: FrameViolation,
): Omit<Finding, 'id' | 'severity' | 'layer' | 'evidence'> | null {
  const start = asciiOf(bytesOf(hex), 40);
  if (wireOffset > 0) return null;
  if (/^1f ?8b ?08/i.test(hex))
    return {
      title: 'A gzip stream came after the 101 in place of frames: something on the way compresses what passes',
      explanation:
        'The first bytes are the head of gzip (RFC 1952). A filter of a proxy, or a layer of the framework, took the 101 for an ordinary answer and compresses its body, which a WebSocket does not have: browsers tell of masked frames or reserved bits.',
      fixes: [
        textFix(
          'On the proxy, or in the framework',
          'Leave upgraded connections out of its compression of answers (gzip); permessage-deflate is what WebSockets are compressed by.',
        ),
      ],
    };
  if (problems.some(({ id }) => id === 'upgrade.body-on-101') && /^[\da-f]{1,8}\r\n/i.test(start))
    return {
      title:
        'The server sends its frames in chunks of HTTP, as Transfer-Encoding: chunked says, which a 101 cannot have',
      explanation:
        'After a 101 the bytes of the connection are frames and nothing else (RFC 9112 6.1). A framework or proxy that treats the 101 as an ordinary answer puts the size of a chunk before each.',
      fixes: [
        textFix(
          'On the server',
          'Write to the socket itself, not through the response of the framework; send no Transfer-Encoding with a 101.',
        ),
      ],
    };
  if (!/^[\t\r\n\x20-\x7e]{8}/.test(start)) return null;
  return {
    title: `The server sent plain text after the 101 in place of frames: "${quoteText(start.replaceAll('"', "'"), 40)}"`,
    explanation:
      'The bytes after the handshake are readable where the header of a frame should stand. The program wrote to the bare socket, as it would for TCP, or upgraded twice.',
    fixes: [library],
  };
}

/** Where it stood on the wire; nothing when it was found only after inflating. */
export function violationBytes({ hex, wireOffset }: FrameViolation): string[] {
  if (hex === '') return [];
  return [
    `At byte ${wireOffset} after the handshake: ${quoteText(hex, 200)}`,
    `As text: ${quoteText(asciiOf(bytesOf(hex)), 100)}`,
  ];
}

function bytesOf(hex: string): Uint8Array {
  const pairs = hex.slice(0, 200).match(/[0-9a-f]{2}/gi) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
