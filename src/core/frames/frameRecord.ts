import { isUtf8 } from 'node:buffer';
import type { FrameRecord } from '../base/model.js';
import { OPCODE, type Frame } from '../base/frame.js';
import { incompleteTail } from './utf8.js';

/**
 * A frame as reports and recordings hold it. The payload is `text` where `isText` and it is UTF-8, else `base64`;
 * for a fragment only the caller knows what its message is.
 */
export function toFrameRecord(
  frame: Frame,
  index: number,
  isText: boolean = frame.opcode === OPCODE.text && !frame.rsv1,
): FrameRecord {
  return {
    index,
    atMs: frame.atMs,
    direction: frame.direction,
    opcode: frame.opcode,
    fin: frame.fin,
    rsv1: frame.rsv1,
    rsv2: frame.rsv2,
    rsv3: frame.rsv3,
    masked: frame.masked,
    wireBytes: frame.headerBytes + frame.payloadBytes,
    payloadBytes: frame.payloadBytes,
    ...payloadFields(frame.payload, isText, frame.truncated),
    truncated: frame.truncated,
  };
}

/** `text` where `isText` and the bytes are UTF-8 (cut between characters when `truncated`), else `base64`. */
export function payloadFields(
  payload: Uint8Array,
  isText: boolean,
  truncated: boolean,
): { readonly text: string } | { readonly base64: string } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (isText) {
    const whole = truncated ? bytes.subarray(0, bytes.length - incompleteTail(bytes)) : bytes;
    if (isUtf8(whole)) return { text: whole.toString() };
  }
  return { base64: bytes.toString('base64') };
}
