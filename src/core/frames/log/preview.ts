import { isUtf8 } from 'node:buffer';
import { parseClosePayload } from '../closePayload.js';
import { hexPairs } from '../frameBytes.js';
import { incompleteTail } from '../utf8.js';
import type { RowKind } from '../../base/logRow.js';

const MAX_CHARACTERS = 240;
/** As many bytes as can matter to the preview: four a character. */
export const PREVIEW_BYTES = MAX_CHARACTERS * 4;
const HEX_PAIRS = MAX_CHARACTERS / 3;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The first characters of a payload for one line of the log: text, or hex pairs parted by spaces; a close code with
 * its reason. `bytes` are its first PREVIEW_BYTES or fewer; `isBinary` null asks the bytes.
 */
export function previewOf(bytes: Uint8Array, kind: RowKind, isBinary: boolean | null): string {
  if (kind === 'close') return closePreview(bytes);
  if (isBinary ?? !isReadable(bytes)) return hexPreview(bytes);
  return textPreview(bytes);
}

/** Whether bytes that nothing calls text or binary read as text. */
export function isReadable(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && !bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}

function textPreview(bytes: Uint8Array): string {
  const whole = bytes.length < PREVIEW_BYTES ? bytes : bytes.subarray(0, bytes.length - incompleteTail(bytes));
  const text = decoder.decode(whole);
  if (text.length <= MAX_CHARACTERS) return text;
  const last = text.charCodeAt(MAX_CHARACTERS - 1);
  const splitsPair = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, splitsPair ? MAX_CHARACTERS - 1 : MAX_CHARACTERS);
}

function hexPreview(bytes: Uint8Array): string {
  return hexPairs(bytes.subarray(0, HEX_PAIRS));
}

function closePreview(bytes: Uint8Array): string {
  const close = parseClosePayload(bytes);
  if ('violation' in close) return hexPreview(bytes);
  if (close.code === 1005) return '';
  return textPreview(Buffer.from(close.reason === '' ? `${close.code}` : `${close.code} ${close.reason}`));
}
