import type { ProtobufPayload } from '../../base/message.js';
import { fillDeep } from '../fill.js';
import { encodeMessage, UnfitValue } from '../protobuf/encodeMessage.js';
import { loadMessageType } from '../protobuf/loadSchema.js';
import { type PayloadEncoder, unencodable } from './kind.js';

/** https://protobuf.dev/programming-guides/encoding/, from JSON by https://protobuf.dev/programming-guides/json/ */
export const encode: PayloadEncoder = async ({ schema, type, value }: ProtobufPayload, context) => {
  const message = await loadMessageType(schema, type, context.baseDir, context.signal);
  try {
    return { binary: true, bytes: new Uint8Array(encodeMessage(message, fillDeep(value, context))) };
  } catch (error) {
    if (error instanceof UnfitValue) throw unencodable('protobuf', `does not fit: ${error.message}`, error);
    throw error;
  }
};
