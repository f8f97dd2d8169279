import type { StompPayload } from '../../base/message.js';
import { fill, fillDeep } from '../fill.js';
import { type PayloadContext, type PayloadEncoder, textPayload, unencodable } from './kind.js';

const ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', ':': '\\c', '\\': '\\\\' };

/** https://stomp.github.io/stomp-specification-1.2.html#Augmented_BNF */
export const encode: PayloadEncoder = ({ command, headers = {}, body = '' }: StompPayload, context) => {
  const name = fill(command, context);
  const escape = name === 'CONNECT' || name === 'CONNECTED' ? asIs : escaped;
  const content = bodyText(body, context);
  const lines = Object.entries(headers).map(([key, value]) => `${escape(key, true)}:${escape(fill(value, context))}`);
  // A body is told by its length only where it holds what would end it: ActiveMQ takes one with a length for bytes.
  const isCounted = Object.keys(headers).some((key) => key.toLowerCase() === 'content-length');
  if (content.includes('\0') && !isCounted) lines.push(`content-length:${Buffer.byteLength(content)}`);
  return textPayload(`${[name, ...lines].join('\n')}\n\n${content}\0`);
};

function bodyText(body: unknown, context: PayloadContext): string {
  if (typeof body === 'string') return fill(body, context);
  return JSON.stringify(fillDeep(body, context));
}

function escaped(text: string): string {
  return text.replace(/[\r\n:\\]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** CONNECT knows no escapes, for the sake of STOMP 1.0. */
function asIs(text: string, isName = false): string {
  if (/[\r\n]/.test(text) || (isName && text.includes(':'))) {
    throw unencodable('stomp', 'has a CONNECT header that cannot be written: CONNECT knows no escapes.');
  }
  return text;
}
