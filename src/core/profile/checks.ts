import { jsonPathError } from '../base/jsonPath.js';
import { parseUrl } from '../base/url.js';
import { isThisMachine } from './noProxy.js';

/** Rules about texts: null when fine, else what is wrong, worded to follow "`key` ". */
export type TextRule = (text: string) => string | null;

/** RFC 9110 5.6.2. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export const nonEmpty: TextRule = (text) => (text.trim() === '' ? 'must not be empty.' : null);

export const MAX_LABEL_LENGTH = 200;

export const label: TextRule = (text) =>
  nonEmpty(text) ??
  (text.length > MAX_LABEL_LENGTH ? `must not be longer than ${MAX_LABEL_LENGTH} characters.` : null) ??
  (/[\u0000-\u001f\u007f]/.test(text) ? 'holds a control character.' : null);

/** RFC 9110 5.5, and what Node can send: latin1, no control character but the tab. */
export const headerValue: TextRule = (text) => {
  if (/[\r\n\0]/.test(text)) return 'holds a line break or NUL: that would start a header of its own.';
  if (/[\u0001-\u0008\u000b-\u001f\u007f]/.test(text)) return 'holds a control character, which no header may.';
  const wide = /[^\u0000-\u00ff]/u.exec(text)?.[0];
  return wide === undefined
    ? null
    : `holds ${codePoint(wide)}, which no header may: percent-encode or base64-encode it.`;
};

export const credential: TextRule = (text) => nonEmpty(text) ?? headerValue(text);

export const subprotocol: TextRule = (text) => (isToken(text) ? null : notToken(text));

export function notToken(text: string): string {
  if (text === '') return 'must not be empty.';
  const bad = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/u.exec(text)?.[0] ?? '';
  return `holds ${codePoint(bad)}, which a token (RFC 9110 5.6.2) may not: letters, digits and !#$%&'*+-.^_\`|~ only.`;
}

const OWNED_HEADERS: Readonly<Record<string, string>> = {
  'sec-websocket-protocol': 'is made from `subprotocols`: list them there.',
  'sec-websocket-extensions': 'is made from `compression`: set it there.',
  upgrade: 'belongs to the opening handshake and cannot be set.',
  connection: 'belongs to the opening handshake and cannot be set.',
};

export const headerName: TextRule = (name) => {
  if (!isToken(name)) return `is no header name: it ${notToken(name)}`;
  const lower = name.toLowerCase();
  if (Object.hasOwn(OWNED_HEADERS, lower)) return OWNED_HEADERS[lower] ?? null;
  return lower.startsWith('sec-websocket-') ? 'belongs to the opening handshake and cannot be set.' : null;
};

export const answerHeaderName: TextRule = (name) => (isToken(name) ? null : `is no header name: it ${notToken(name)}`);

export const cookieName: TextRule = (name) => (isToken(name) ? null : `is no cookie name: it ${notToken(name)}`);

/** RFC 6265 4.1.1, but for blanks and commas, which servers do take. */
export const cookieValue: TextRule = (text) =>
  headerValue(text) ?? (text.includes(';') ? 'holds a semicolon, which would end the cookie.' : null);

export const userName: TextRule = (text) =>
  (/[\u0000-\u001f\u007f]/.test(text) ? 'holds a control character.' : null) ??
  (text.includes(':') ? 'holds a colon, which a basic user name may not (RFC 7617 2).' : null);

export const noControls: TextRule = (text) =>
  /[\u0000-\u001f\u007f]/.test(text) ? 'holds a control character.' : null;

export const filePath: TextRule = (text) => nonEmpty(text) ?? (text.includes('\0') ? 'holds a NUL.' : null);

export const hostName: TextRule = (text) =>
  text.length <= 253 &&
  /^(?!\d+(\.\d+)*$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text)
    ? null
    : 'must be a host name (no scheme, no port, no address: RFC 6066 3).';

export const hexBytes: TextRule = (text) => {
  const digits = text.replace(/\s+/g, '');
  if (!/^[0-9a-f]*$/i.test(digits)) return 'must be hexadecimal: pairs of 0-9 and a-f, blanks allowed.';
  return digits.length % 2 === 0 ? null : 'has an odd number of hexadecimal digits: two make a byte.';
};

export const base64Bytes: TextRule = (text) => {
  const digits = text.replace(/\s+/g, '');
  const shape = /^[A-Za-z0-9+/]*={0,2}$/.test(digits) || /^[A-Za-z0-9_-]*={0,2}$/.test(digits);
  const bare = digits.replace(/=+$/, '');
  const padded = digits.length === bare.length || digits.length % 4 === 0;
  return shape && padded && bare.length % 4 !== 1 ? null : 'must be base64.';
};

export const regularExpression: TextRule = (text) => {
  try {
    RegExp(text);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    return `is not a regular expression: ${why.length > 120 ? `…${why.slice(-119)}` : why}.`;
  }
};

export const jsonPath: TextRule = (text) => {
  const why = jsonPathError(text);
  return why === null ? null : `is not a JSONPath (RFC 9535): ${why}`;
};

export const MAX_REASON_BYTES = 123;

export const closeReason: TextRule = (text) =>
  Buffer.byteLength(text) > MAX_REASON_BYTES
    ? `must not be longer than ${MAX_REASON_BYTES} bytes of UTF-8 (RFC 6455 5.5).`
    : null;

/** A token endpoint (RFC 6749 3.2): what is sent there must not be read on the way. */
export const tokenUrl: TextRule = (text) => {
  const url = /^https?:\/\/[^/]/i.test(text) ? parseUrl(text) : null;
  if (!url) return 'must be an https:// URL.';
  if (url.username !== '' || url.password !== '') return 'must hold no user info: the client is named by `clientId`.';
  if (url.hash !== '') return 'must have no fragment (RFC 6749 3.2).';
  return url.protocol === 'https:' || isThisMachine(url.hostname)
    ? null
    : 'must be https://: over http:// everybody on the way could read the client secret and the token.';
};

export const scope: TextRule = (text) =>
  /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text)
    ? null
    : 'must be names with one blank between (RFC 6749 3.3).';

function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code > 0x20 && code < 0x7f ? `"${character}"` : code === 0x20 ? 'a blank' : hex;
}

/** The name of a message, its package before it. */
export const protobufType: TextRule = (text) =>
  /^\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text) ? null : 'must be the name of a message: "package.Message".';

export const digits: TextRule = (text) => (/^\d{1,16}$/.test(text) ? null : 'must be of digits.');

export const socketIoNamespace: TextRule = (text) =>
  /^\/[^,]*$/.test(text) ? null : 'must be a namespace: a slash, then anything but a comma.';

export const stompCommand: TextRule = (text) =>
  /^[A-Z]{3,20}$/.test(text) ? null : 'must be a STOMP command in capitals: CONNECT, SUBSCRIBE, SEND….';
