import { OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { payloadBytesOf } from './payloadJson.js';
import type { RecordingLine } from './recording.js';

/** What a file of messages tells of one: a HAR, JSON Lines. */
export interface WholeMessage {
  readonly direction: Direction;
  readonly opcode: number;
  readonly payload: { readonly text: string } | { readonly base64: string };
  /** The full size where the payload was cut or dropped. */
  readonly bytes?: number | undefined;
  readonly deflated?: boolean;
  readonly unfinished?: boolean;
}

/**
 * A message as a line of a recording. One that a message line cannot say (a control frame, a compressed or unfinished
 * message, a reserved opcode) is a frame whose sizes are computed.
 */
export function lineOfMessage(message: WholeMessage, connection: number, atMs: number): RecordingLine {
  const { direction, opcode, payload, bytes = 0, deflated = false, unfinished = false } = message;
  const size = 'text' in payload ? Buffer.byteLength(payload.text) : payloadBytesOf(payload).length;
  const payloadBytes = Math.max(bytes, size);
  const truncated = payloadBytes > size;
  const common = { connection, index: 0, atMs, direction };
  if ((opcode === OPCODE.text || opcode === OPCODE.binary) && !deflated && !unfinished) {
    const kind = opcode === OPCODE.text ? 'text' : 'binary';
    return { type: 'message', ...common, kind, payloadBytes, ...payload, truncated };
  }
  const masked = direction === 'sent';
  const bits = { fin: !unfinished, rsv1: deflated, rsv2: false, rsv3: false, masked };
  const header = 2 + (payloadBytes > 65_535 ? 8 : payloadBytes > 125 ? 2 : 0) + (masked ? 4 : 0);
  const sizes = { wireBytes: header + payloadBytes, payloadBytes };
  return { type: 'frame', ...common, opcode, ...bits, ...sizes, ...payload, truncated };
}
