import type { Failure } from '../base/evidence.js';
import type { FrameRecord } from '../base/model.js';
import type { EncodedPayload } from '../payload/encodePayload.js';
import type { Outcome } from '../transport/outcome.js';
import type { Inbox, InboxMessage } from './inbox.js';

/** An open connection that steps talk through, a probe's or a session's. Times are the conversation's. */
export interface Talker {
  /** What was received since the connection opened. */
  readonly inbox: Inbox;
  /** Gives the message to the connection; what the peer has not taken yet may have to be waited for. */
  send(payload: EncodedPayload, deadlineMs: number): Outcome<null> | Promise<Outcome<null>>;
  /** A protocol ping; settles with its pong. */
  ping(deadlineMs: number): Promise<Outcome<null>>;
  /** The closing handshake; settles with the peer's answer. */
  close(code: number, reason: string, deadlineMs: number): Promise<Outcome<null>>;
  /** The peer's Close frame; null: none has come. */
  readonly closeReceived: { readonly code: number; readonly reason: string } | null;
  /** Why the connection is no longer open; null: it is. */
  readonly ended: Failure | null;
  /** Settles with what ends the connection; null when it is still open at the deadline. */
  untilEnd(deadlineMs: number): Promise<Failure | null>;
  /** What the dialect or a decoder makes of a message; null: nothing reads it. */
  decode(message: InboxMessage): Promise<readonly unknown[] | null>;
  /** The last frames of both directions, as a report shows them. */
  latestFrames(): readonly FrameRecord[];
}
