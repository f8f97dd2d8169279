import { OPCODE } from '../base/frame.js';

/** What the joining of messages looks at. */
export interface FragmentHead {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly payloadBytes: number;
}

/** `alone`: a control frame; it may come between the fragments of a message. */
export type Standing = 'alone' | 'whole' | 'first' | 'middle' | 'last';

/**
 * Which message each frame of one direction belongs to (RFC 6455 5.4), in the order of the wire. Broken streams too: a data
 * frame within a fragmented message ends that one unfinished, a continuation of nothing begins a message. Makes no object.
 */
export class MessageState {
  /** Opcode of the latest data frame's message; 0 where it began with a continuation. */
  opcode = 0;
  /** That message's first frame had RSV1: permessage-deflate (RFC 7692 6). */
  compressed = false;
  /** Its frames and payload bytes as declared, this one included. */
  frames = 0;
  payloadBytes = 0;
  /** More of the message is to come. */
  isOpen = false;
  /** The latest frame began a message while another was open. */
  interrupted = false;

  next(frame: FragmentHead): Standing {
    if (frame.opcode >= OPCODE.close) {
      this.interrupted = false;
      return 'alone';
    }
    const continues = this.isOpen && frame.opcode === OPCODE.continuation;
    this.interrupted = this.isOpen && !continues;
    if (!continues) {
      this.opcode = frame.opcode;
      this.compressed = frame.opcode !== OPCODE.continuation && frame.rsv1;
      this.frames = 0;
      this.payloadBytes = 0;
    }
    this.frames += 1;
    this.payloadBytes += frame.payloadBytes;
    this.isOpen = !frame.fin;
    if (continues) return frame.fin ? 'last' : 'middle';
    return frame.fin ? 'whole' : 'first';
  }

  get isText(): boolean {
    return this.opcode === OPCODE.text;
  }

  /** The connection is over, or begins. */
  reset(): void {
    this.isOpen = false;
    this.interrupted = false;
  }
}
