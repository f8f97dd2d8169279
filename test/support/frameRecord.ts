import type { FrameRecord } from '../../src/core/base/model.js';

/** A record of a sent text frame, but for what is said otherwise; `text` or `base64`, never both. */
export function frame(record: Partial<FrameRecord>): FrameRecord {
  const { text, base64, ...rest } = record;
  const base = {
    index: 0,
    atMs: 1,
    direction: 'sent',
    opcode: 1,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
  } as const;
  const payload = base64 === undefined ? { text: text ?? '' } : { base64 };
  return { ...base, masked: true, wireBytes: 9, payloadBytes: 3, truncated: false, ...rest, ...payload };
}
