import { isUtf8 } from 'node:buffer';
import { incompleteTail } from '../frames/utf8.js';

/** From here on it is worth a look whether a text grows too much as JSON. */
const LARGE_CHARACTERS = 64 * 1024;

/**
 * `"text":"…"` or `"base64":"…"`, ready for a JSON object: text where `isText` and the bytes are UTF-8 (cut between
 * characters when `truncated`), else base64. At most twice the payload's bytes where that matters.
 */
export function payloadJson(payload: Uint8Array, isText: boolean, truncated: boolean): string {
  if (isText) {
    const whole = truncated ? payload.subarray(0, payload.length - incompleteTail(payload)) : payload;
    if (isUtf8(whole)) {
      const text = asBuffer(whole).toString();
      const json = JSON.stringify(text);
      if (text.length < LARGE_CHARACTERS || json.length <= text.length * 2) return `"text":${json}`;
    }
  }
  return `"base64":"${asBuffer(payload).toString('base64')}"`;
}

/** The bytes that a record's `text` or `base64` stands for. */
export function payloadBytesOf(record: { readonly text?: string; readonly base64?: string }): Buffer {
  return record.text === undefined ? Buffer.from(record.base64 ?? '', 'base64') : Buffer.from(record.text);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
