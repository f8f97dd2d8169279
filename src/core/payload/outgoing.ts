import {
  isSentAsBinary,
  isTypedAsJson,
  type OutgoingMessage,
  type Payload,
  type PayloadContents,
  payloadKind,
} from '../base/message.js';

/** A payload as the composer holds it. */
export function outgoingOf(payload: Payload, indent = 0): OutgoingMessage {
  if (typeof payload === 'string') return { format: 'text', content: payload, binary: false };
  const format = payloadKind(payload);
  const value: unknown = (payload as PayloadContents)[format];
  const { binary = false, compress, wrap } = payload;
  return {
    format,
    content: isTypedAsJson(format) ? JSON.stringify(value, null, indent) : (value as string),
    binary: binary || compress !== undefined || isSentAsBinary(format),
    ...(compress === undefined ? {} : { compress }),
    ...(wrap === undefined ? {} : { wrap }),
  };
}
