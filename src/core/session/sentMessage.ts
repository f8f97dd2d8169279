import { ProbeError } from '../base/errors.js';
import { KEEP_MESSAGE_BYTES, type FrameLog } from '../frames/log/frameLog.js';
import type { EncodedPayload } from '../payload/encodePayload.js';
import { rowOf } from './rowOf.js';

/** The message that a row shows, as it was sent. Throws `ProbeError` when none was, or it is no longer whole. */
export async function sentMessage(log: FrameLog, id: number | null): Promise<EncodedPayload> {
  const row = id === null ? null : await rowOf(log, id, 'messages');
  if (!row || row.direction !== 'sent' || (row.kind !== 'text' && row.kind !== 'binary')) {
    throw new ProbeError('resend.none', 'There is no message that was sent: nothing can be sent again.');
  }
  const { bytes, totalBytes, binary, available } = await log.payload(row.id, 'messages', 0, KEEP_MESSAGE_BYTES);
  const isDeflated = row.rsv1 && row.inflatedBytes === null;
  if (!available || bytes.length < totalBytes || isDeflated || !row.fin) {
    throw new ProbeError('resend.gone', `The payload of #${row.id} is no longer kept whole.`);
  }
  return { bytes: Uint8Array.from(bytes), binary };
}
