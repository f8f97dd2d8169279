import type { Frame } from '../../src/core/base/frame.js';

/** A text frame that the peer sent in one piece, but for `fields`. */
export function receivedFrame(payload: Uint8Array, fields: Partial<Frame> = {}): Frame {
  return {
    direction: 'received',
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: 1,
    masked: false,
    headerBytes: 2,
    payloadBytes: payload.length,
    wireOffset: 0,
    atMs: 1,
    payload,
    truncated: false,
    ...fields,
  };
}
