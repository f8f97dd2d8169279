import { isUtf8 } from 'node:buffer';
import type { Direction, FrameRecord } from '../base/model.js';
import { MessageInflater } from '../frames/messageInflater.js';
import { type JoinedMessage, MessageJoiner } from '../frames/messageJoiner.js';
import type { Redactor } from '../redaction/redactor.js';
import { payloadBytesOf } from './payloadJson.js';
import { redactPieces, stars } from './redactPieces.js';

const MAX_INFLATED_BYTES = 1024 * 1024;

/**
 * The frames of one connection, redacted by message: a secret is known across the borders of fragments. A compressed
 * message (RFC 7692) that holds one, or that nobody has inflated whole, is blotted out.
 */
export function redactFrames(frames: readonly FrameRecord[], redactor: Redactor): readonly FrameRecord[] {
  if (redactor.isEmpty) return frames;
  const result = [...frames];
  for (const message of messagesOf(frames)) {
    const payloads = redactedPayloads(message, redactor);
    for (const [at, index] of message.parts.entries()) {
      const payload = payloads?.[at];
      if (payload) result[index] = withPayload(frames[index]!, payload);
    }
  }
  return result.map((frame) => redactor.deep(frame));
}

interface FramesOfMessage extends JoinedMessage<number> {
  readonly frameRecords: readonly FrameRecord[];
}

function messagesOf(frames: readonly FrameRecord[]): readonly FramesOfMessage[] {
  const joiners: Record<Direction, MessageJoiner<number>> = {
    sent: new MessageJoiner<number>(),
    received: new MessageJoiner<number>(),
  };
  const messages = frames.flatMap((frame, index) => joiners[frame.direction].push(frame, index));
  const unfinished = [joiners.sent.end(), joiners.received.end()].filter((message) => message !== null);
  return [...messages, ...unfinished].map((message) => {
    return { ...message, frameRecords: message.parts.map((index) => frames[index]!) };
  });
}

/** Null where each frame can be redacted by itself. */
function redactedPayloads(message: FramesOfMessage, redactor: Redactor): readonly Uint8Array[] | null {
  const { compressed, finished, frameRecords } = message;
  const payloads = frameRecords.map((frame) => payloadBytesOf(frame));
  if (compressed) {
    const content = contentOf(message, payloads);
    return content !== null && redactor.bytes(content) === content ? null : payloads.map(({ length }) => stars(length));
  }
  if (frameRecords.length === 1 && finished && frameRecords[0]?.truncated === false) return null;
  const result: Uint8Array[] = [];
  let from = 0;
  for (const [index, { truncated }] of frameRecords.entries()) {
    const isLast = index === frameRecords.length - 1;
    if (!truncated && !isLast) continue;
    const edges = { cutBefore: from > 0, cutAfter: truncated || !finished };
    result.push(...redactPieces(redactor, payloads.slice(from, index + 1), edges));
    from = index + 1;
  }
  return result;
}

/** The whole message as it was before compression; null when that cannot be known. */
function contentOf({ finished, frameRecords }: FramesOfMessage, payloads: readonly Uint8Array[]): Uint8Array | null {
  const inflated = frameRecords.at(-1)?.inflated;
  if (inflated) return inflated.truncated ? null : payloadBytesOf(inflated);
  if (!finished || frameRecords.some(({ truncated }) => truncated)) return null;
  return new MessageInflater({ contextTakeover: false, maxBytes: MAX_INFLATED_BYTES }).inflate(payloads);
}

function withPayload(frame: FrameRecord, payload: Uint8Array): FrameRecord {
  const { text, base64: _, ...facts } = frame;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const content =
    text !== undefined && isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
  return { ...facts, ...content };
}
