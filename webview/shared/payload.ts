import type { FrameRecord } from '../../src/core/base/model.js';

/** Bytes of a frame as far as the report keeps them. */
export function payloadBytes(frame: Pick<FrameRecord, 'text' | 'base64'>): Uint8Array {
  if (frame.text !== undefined) return new TextEncoder().encode(frame.text);
  try {
    return Uint8Array.from(atob(frame.base64 ?? ''), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export interface FrameFlag {
  readonly name: 'FIN' | 'RSV1' | 'RSV2' | 'RSV3' | 'MASK';
  readonly set: boolean;
}

export function frameFlags(frame: FrameRecord): readonly FrameFlag[] {
  return [
    { name: 'FIN', set: frame.fin },
    { name: 'RSV1', set: frame.rsv1 },
    { name: 'RSV2', set: frame.rsv2 },
    { name: 'RSV3', set: frame.rsv3 },
    { name: 'MASK', set: frame.masked },
  ];
}

/** Code and reason of a Close frame's payload; null when the frame carries none. RFC 6455 5.5.1. */
export function closePayload(bytes: Uint8Array): { readonly code: number; readonly reason: string } | null {
  if (bytes.length < 2) return null;
  const code = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  return { code, reason: new TextDecoder().decode(bytes.subarray(2)) };
}
