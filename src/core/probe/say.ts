import type { EncodedPayload } from '../payload/encodePayload.js';
import type { Clock } from '../base/clock.js';
import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { FrameWatch } from '../run/frameWatch.js';
import type { Decoding } from '../steps/decoding.js';
import type { WebSocket } from '../transport/webSocket.js';

/** A connection that is talked through, with all who follow what is said. */
export interface Voice {
  readonly clock: Clock;
  readonly decoding: Decoding;
  readonly dialectJudge: DialectJudge;
  readonly socket: WebSocket;
  readonly watch: FrameWatch;
}

/** Sends one message of ours, and lets know of it all who follow the conversation. Gives when; `onWritten` hears when it is out. */
export function say(
  { clock, decoding, dialectJudge, socket, watch }: Voice,
  { binary, bytes }: Pick<EncodedPayload, 'binary' | 'bytes'>,
  onWritten?: () => void,
): number {
  const atMs = clock();
  watch.sending(binary, bytes);
  dialectJudge.message({ direction: 'sent', binary, bytes, atMs });
  decoding.heard('sent', { binary, bytes, atMs });
  socket.send(bytes, { binary }, onWritten);
  return atMs;
}
