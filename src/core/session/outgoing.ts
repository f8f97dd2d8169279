import { randomFillSync } from 'node:crypto';
import { ProbeError } from '../base/errors.js';
import { type EncodedPayload, encodePayload, type PayloadContext } from '../payload/encodePayload.js';
import type { Payload } from '../base/plan.js';
import type { OutgoingMessage, RawFrame } from './snapshot.js';

/** The bytes of a message, variables filled in. JSON is checked and sent as typed. Throws `ProbeError` saying what is wrong. */
export async function encodeOutgoing(message: OutgoingMessage, context: PayloadContext): Promise<EncodedPayload> {
  const { bytes } = await encodePayload(payloadOf(message), context);
  if (message.format === 'json') checkJson(Buffer.from(bytes).toString('utf8'));
  return { binary: message.binary, bytes };
}

function payloadOf({ format, content }: OutgoingMessage): Payload {
  switch (format) {
    case 'hex':
      return { hex: content };
    case 'base64':
      return { base64: content };
    case 'file':
      return { file: content };
    default:
      return content;
  }
}

/** The profile's payload as the composer would hold it. */
export function outgoingOf(payload: Payload): OutgoingMessage {
  if (typeof payload === 'string') return { format: 'text', content: payload, binary: false };
  if ('text' in payload) return { format: 'text', content: payload.text, binary: false };
  if ('json' in payload) return { format: 'json', content: JSON.stringify(payload.json, null, 2), binary: false };
  if ('hex' in payload) return { format: 'hex', content: payload.hex, binary: true };
  if ('base64' in payload) return { format: 'base64', content: payload.base64, binary: true };
  return { format: 'file', content: payload.file, binary: false };
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new ProbeError('message.invalid-json', `This is not JSON: ${(error as Error).message}.`, {
      hint: 'Send it as text to send it all the same.',
      cause: error,
    });
  }
}

/** RFC 6455 5.2: the wire bytes of a frame, the payload masked with a fresh key where `masked`. */
export function encodeRawFrame(frame: Omit<RawFrame, 'payload'>, payload: Uint8Array): Buffer {
  const bits = (frame.fin ? 0x80 : 0) | (frame.rsv1 ? 0x40 : 0) | (frame.rsv2 ? 0x20 : 0) | (frame.rsv3 ? 0x10 : 0);
  const header = Buffer.concat([Buffer.from([bits | (frame.opcode & 0x0f)]), lengthOf(payload.length)]);
  if (!frame.masked) return Buffer.concat([header, payload]);
  header[1]! |= 0x80;
  const key = randomFillSync(Buffer.alloc(4));
  const masked = Buffer.from(payload);
  for (let index = 0; index < masked.length; index++) masked[index]! ^= key[index & 3]!;
  return Buffer.concat([header, key, masked]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 126) return Buffer.from([bytes]);
  if (bytes < 65_536) {
    const length = Buffer.from([126, 0, 0]);
    length.writeUInt16BE(bytes, 1);
    return length;
  }
  const length = Buffer.alloc(9);
  length[0] = 127;
  length.writeBigUInt64BE(BigInt(bytes), 1);
  return length;
}
