import { isUtf8 } from 'node:buffer';
import { MAX_READ_BYTES } from '../messageText.js';
import { isJsonContainer } from '../shape/jsonShape.js';
import { binaryValue } from './binary.js';
import { RawJson } from './rawJson.js';

/** A payload carried by another protocol (MQTT, STOMP): JSON where it is JSON, text where it is UTF-8, else binary. */
export function bodyValue(bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) return binaryValue(bytes);
  const text = buffer.toString('utf8', 0, MAX_READ_BYTES);
  if (bytes.length > MAX_READ_BYTES) return `${text}… ${bytes.length - MAX_READ_BYTES} more bytes`;
  return isJsonContainer(text) ? new RawJson(text) : text;
}
