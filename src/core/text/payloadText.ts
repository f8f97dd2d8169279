import { hexDump } from './hex.js';
import { indentJson } from './json.js';

/** How a payload is best read as a document. `extension` decides the colours. */
export interface PayloadText {
  readonly extension: 'json' | 'txt' | 'hex';
  readonly text: string;
}

/** Text as received, JSON re-indented, bytes as a hex dump. `cut`: how many bytes of the payload are not in `bytes`. */
export function payloadText(bytes: Uint8Array, binary: boolean, cut: number): PayloadText {
  const note = cut > 0 ? `\n… ${cut} bytes more\n` : '';
  if (binary) return { extension: 'hex', text: hexDump(bytes) + note };
  const text = new TextDecoder().decode(bytes);
  if (cut > 0) return { extension: 'txt', text: text + note };
  const json = indentJson(text);
  return json === null ? { extension: 'txt', text } : { extension: 'json', text: `${json}\n` };
}
