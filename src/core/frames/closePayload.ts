import { Utf8Checker } from './utf8.js';

/** A Close frame's payload; `code` 1005 stands for an empty one (RFC 6455 7.1.5). */
export interface ClosePayload {
  readonly code: number;
  readonly reason: string;
}

export interface ClosePayloadViolation {
  readonly violation: { readonly id: 'frame.invalid-close' | 'frame.invalid-utf8'; readonly message: string };
}

/** Whether a Close frame may carry the code (RFC 6455 7.4 and the IANA registry, as `ws` and browsers accept it). */
export function isValidCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Reads the payload of a Close frame (RFC 6455 5.5.1). */
export function parseClosePayload(bytes: Uint8Array): ClosePayload | ClosePayloadViolation {
  if (bytes.length === 0) return { code: 1005, reason: '' };
  if (bytes.length === 1) {
    return invalid('frame.invalid-close', 'A Close frame carries one byte where a code takes two.');
  }
  const code = (bytes[0]! << 8) | bytes[1]!;
  if (!isValidCloseCode(code)) {
    return invalid('frame.invalid-close', `A Close frame carries the code ${code}, which may not be sent.`);
  }
  if (bytes.length === 2) return { code, reason: '' };
  const reason = bytes.subarray(2);
  const checker = new Utf8Checker();
  const at = checker.push(reason) ?? checker.end();
  if (at !== null) {
    return invalid(
      'frame.invalid-utf8',
      `The reason of the Close frame (code ${code}) is not UTF-8: byte ${at} of it.`,
    );
  }
  return { code, reason: Buffer.from(reason.buffer, reason.byteOffset, reason.length).toString('utf8') };
}

function invalid(id: ClosePayloadViolation['violation']['id'], message: string): ClosePayloadViolation {
  return { violation: { id, message } };
}
