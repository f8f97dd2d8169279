import { ProbeError } from '../base/errors.js';
import { type EncodedPayload, encodePayload, type PayloadContext } from '../payload/encodePayload.js';
import type { Payload } from '../base/plan.js';
import type { OutgoingMessage } from './snapshot.js';

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
