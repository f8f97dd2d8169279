import { ProbeError } from '../base/errors.js';
import { isTypedAsJson, type OutgoingMessage, type Payload } from '../base/message.js';
import { type EncodedPayload, encodePayload, type PayloadContext } from '../payload/encodePayload.js';
import { payloadProblem } from '../profile/payloadCheck.js';

/** The bytes of a message, variables filled in. JSON is checked and sent as typed. Throws `ProbeError` saying what is wrong. */
export async function encodeOutgoing(message: OutgoingMessage, context: PayloadContext): Promise<EncodedPayload> {
  const { format, compress, wrap } = message;
  const { bytes, ...rest } = await encodePayload(payloadOf(message), context);
  if (format === 'json' && compress === undefined && wrap === undefined) parseJson(Buffer.from(bytes).toString('utf8'));
  return { ...rest, binary: message.binary, bytes };
}

function payloadOf({ format, content, compress, wrap }: OutgoingMessage): Payload {
  const options = { ...(compress === undefined ? {} : { compress }), ...(wrap === undefined ? {} : { wrap }) };
  if (format === 'json') return { text: content, ...options };
  if (!isTypedAsJson(format)) return { [format]: content, ...options } as Payload;
  const payload = { [format]: parseJson(content), ...options };
  const wrong = payloadProblem(JSON.stringify(payload));
  if (wrong !== null) throw new ProbeError('payload-encoding', wrong);
  return payload as Payload;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProbeError('message.invalid-json', `This is not JSON: ${(error as Error).message}.`, {
      hint: 'Send it as text to send it all the same.',
      cause: error,
    });
  }
}
