import type { Payload } from '../base/message.js';
import { encodePayload } from './encodePayload.js';
import type { PayloadContext } from './kinds/kind.js';
import { checkPayloadFile } from './payloadFile.js';

/**
 * That a payload of a profile can be sent, as far as that is known before anything is: its file is there, and it can be
 * encoded where nothing has to be filled in. Rejects with a ProbeError.
 */
export async function checkPayload(payload: Payload, context: PayloadContext): Promise<void> {
  if (typeof payload === 'string') return;
  if ('file' in payload) await checkPayloadFile(payload.file, context);
  else if (!isOpen(payload)) await encodeUncompressed(payload, context);
}

async function encodeUncompressed(payload: Exclude<Payload, string>, context: PayloadContext): Promise<void> {
  const { compress: _compress, ...plain } = payload;
  await encodePayload(plain, context);
}

/** Whether a text in it holds a variable. */
function isOpen(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${');
  return typeof value === 'object' && value !== null && Object.values(value).some(isOpen);
}
