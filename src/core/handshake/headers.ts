import type { HeaderPair } from '../base/model.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether the text is a token of RFC 9110 5.6.2: a header name, a subprotocol. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Every value of a header in the order of the wire; names are compared without case. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** A header's values as one, joined by a comma and a space (RFC 9110 5.3); null if it is absent. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | null {
  const values = headerValues(headers, name);
  return values.length === 0 ? null : values.join(', ');
}

/** The elements of a comma-separated value, trimmed, without empty ones (RFC 9110 5.6.1). */
export function listElements(value: string): string[] {
  return value
    .split(',')
    .map(trimSpaces)
    .filter((element) => element !== '');
}

/** Whether a comma-separated value holds the token, without regard to case. */
export function hasToken(value: string, token: string): boolean {
  const wanted = token.toLowerCase();
  return listElements(value).some((element) => element.toLowerCase() === wanted);
}

/** Without the spaces and tabs at both ends (RFC 9110 5.6.3), in linear time whatever the text. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
