import type { Match } from '../../core/base/plan.js';

export const TIMESTAMPS = ['since', 'absolute', 'delta'] as const;
export type Timestamps = (typeof TIMESTAMPS)[number];

/** What a received message is held against: bytes that it holds, or a regular expression. */
export interface Until {
  readonly written: string;
  readonly match: Match | Buffer;
}

export interface ConnectSettings {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
  readonly timestamps: Timestamps;
  readonly showControl: boolean;
  readonly pretty: boolean;
  /** Messages are shown with what the dialect calls them. */
  readonly labels: boolean;
  /** Messages are shown as what they are decoded to. */
  readonly decodes: boolean;
  /** The recording to begin with; null for none. */
  readonly recordTo: string | null;
  /** A person types, after what the options send. */
  readonly prompts: boolean;
  /** What the options send, before all else. */
  readonly send: readonly string[];
  /** The file whose messages are sent, `-` for standard input; null for none. */
  readonly file: string | null;
  /** Standard input is a pipe whose messages are sent. */
  readonly readsPipe: boolean;
  /** Standard input is read, one way or another. */
  readonly readsStdin: boolean;
  /** All that is sent is sent as binary messages. */
  readonly binary: boolean;
  /** What parts the messages of a pipe or file; null: it is one message. */
  readonly separator: '\n' | '\0' | null;
  /** What stands behind each message in a pipe. */
  readonly ending: '\n' | '\0' | '';
  /** How long to go on reading after the last line of a pipe was sent; Infinity until the peer ends it. */
  readonly waitMs: number;
  /** The connection is closed after so many received messages; null: after any number. */
  readonly maxMessages: number | null;
  /** The connection is closed after a message that matches. */
  readonly until: Until | null;
}
