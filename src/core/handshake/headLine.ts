import type { HeaderPair } from '../base/model.js';
import { isToken, trimSpaces } from './headers.js';

/** What is wrong with a line of a head, for people. */
export interface LineFault {
  readonly fault: string;
}

export interface StatusLine {
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
}

/**
 * Reads `HTTP/1.1 101 Switching Protocols` as strictly as Node does: one space each, three digits, version 1.0 or 1.1.
 * The reason may hold any byte, and may be missing with its space (RFC 9112 4).
 */
export function parseStatusLine(line: string): StatusLine | LineFault {
  const version = /^HTTP\/(\d+(?:\.\d+)?)(?: |$)/.exec(line)?.[1];
  if (version === undefined) return { fault: `The status line is not one of HTTP: ${quote(line)}` };
  if (version !== '1.0' && version !== '1.1') {
    return { fault: `The status line says HTTP/${version}, and only HTTP/1.1 can be upgraded: ${quote(line)}` };
  }
  const [, status, reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: ([^]*))?$/.exec(line) ?? [];
  if (status === undefined) return { fault: `The status line has no three-digit status code: ${quote(line)}` };
  if (status.startsWith('0')) return { fault: `The status code ${status} is below 100: ${quote(line)}` };
  return { httpVersion: version, status: Number(status), reason };
}

/** Reads `Name: value` (RFC 9112 5). Folded lines, spaces before the colon and control characters are faults. */
export function parseHeaderLine(line: string): HeaderPair | LineFault {
  if (/^[ \t]/.test(line)) {
    return { fault: `A header line begins with a space (obsolete line folding, obs-fold): ${quote(line)}` };
  }
  const colon = line.indexOf(':');
  if (colon === -1) return { fault: `A header line has no colon: ${quote(line)}` };
  if (colon === 0) return { fault: `A header line has no name before the colon: ${quote(line)}` };
  const name = line.slice(0, colon);
  const value = trimSpaces(line.slice(colon + 1));
  const control = controlCharacter(line);
  if (control !== null) return { fault: `A header line holds ${control}: ${quote(line)}` };
  if (/[ \t]$/.test(name)) return { fault: `There is a space between a header's name and its colon: ${quote(line)}` };
  if (!isToken(name)) return { fault: `A header's name holds a character that names may not have: ${quote(line)}` };
  return [name, value];
}

/** A line for a message: control characters escaped, at most 80 characters. */
export function quote(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line).replace(
    /[\x7f-\x9f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

function controlCharacter(line: string): string | null {
  const found = /[\x00-\x08\x0a-\x1f\x7f]/.exec(line)?.[0];
  if (found === undefined) return null;
  if (found === '\0') return 'a NUL';
  if (found === '\r') return 'a CR that no LF follows';
  return `the control character 0x${found.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
