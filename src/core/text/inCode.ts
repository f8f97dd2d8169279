import { checkUrl } from '../base/url.js';

/** A part of a text. */
export interface Found {
  readonly offset: number;
  readonly length: number;
}

const MAX_URLS = 200;
const MAX_URL = 2048;
/** What follows an address that goes on with a value the text does not have: `ws://host/${id}`, `ws://host/{id}`, `%s`. */
const OPEN_END = /^(?:\$|\{|%[sdv(]|#\{|<)/;

/** The addresses of WebSockets in source code, whole ones alone: what a program puts together at run time is none. */
export function urlsInCode(text: string): readonly (Found & { readonly url: string })[] {
  const found: (Found & { readonly url: string })[] = [];
  for (const { 0: whole, index } of text.matchAll(
    /\bwss?:\/\/[^\s"'`<>\\^{}|$#%]+(?:%[\dA-Fa-f]{2}[^\s"'`<>\\^{}|$#%]*)*/gi,
  )) {
    if (found.length >= MAX_URLS) break;
    const rest = text.slice(index + whole.length, index + whole.length + 3);
    const url = whole.replace(/[.,;:!?)\]*]+$/, '');
    if (OPEN_END.test(rest) || url.length > MAX_URL || checkUrl(url) !== null) continue;
    found.push({ offset: index, length: url.length, url });
  }
  return found;
}

/** How source code writes a close code: closing with one, comparing with one, giving one a name. */
const CLOSE_CODES = [
  /\bclose\w*\s*\(\s*(?:[\w.]+\s*,\s*)?(\d{4})\b/gi,
  /\b\w*(?:code|status)["']?\s*(?:===?|!==?|[:=]|in\s*[[({])\s*(\d{4})\b/gi,
  /\b(\d{4})\s*(?:===?|!==?)\s*[\w.?]*code\b/gi,
  /\bcase\s+(\d{4})\s*:/g,
] as const;

/** The close code that stands at a place of a line; null where there is none. */
export function closeCodeInCode(line: string, at: number): (Found & { readonly code: number }) | null {
  for (const pattern of CLOSE_CODES) {
    for (const match of line.slice(0, MAX_URL).matchAll(pattern)) {
      const [whole, digits = ''] = match;
      const offset = match.index + whole.lastIndexOf(digits);
      const code = Number(digits);
      const isCode = (code >= 1000 && code <= 1015) || (code >= 3000 && code <= 4999);
      if (isCode && at >= offset && at <= offset + digits.length) return { offset, length: digits.length, code };
    }
  }
  return null;
}
