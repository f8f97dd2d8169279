import type { ProbePlan } from '../../core/base/plan.js';
import type { LiveSource } from '../../core/session/liveSource.js';
import type { Session } from '../../core/session/session.js';
import type { Io } from '../io.js';
import type { Screen } from './screen.js';
import type { ConnectSettings } from './settings.js';

/** What an input needs of the conversation it speaks in. */
export interface Talk {
  readonly io: Io;
  readonly plan: ProbePlan;
  readonly screen: Screen;
  readonly session: Session;
  readonly settings: ConnectSettings;
  readonly source: LiveSource;
  /** The exit code is known: nothing more is sent. */
  readonly isOver: boolean;
  /** Settles when messages can be sent, or with false when that will not be any more. */
  whenOpen(): Promise<boolean>;
  /** Closes politely; the conversation is over when that is done. Throws a ProbeError for a code that may not be sent. */
  close(code: number, reason: string): void;
  /** Closes once the reader has what was received until now. */
  closeWhenRead(): Promise<void>;
  terminate(): void;
  pause(paused: boolean): void;
  /** Starts a recording; null ends it. */
  record(path: string | null): Promise<void>;
  interrupt(): void;
  /** Ends it for a reason that is not the connection's: bad input. */
  stop(message: string): void;
  /** A message did not get out; the conversation goes on and fails in the end. */
  notSent(message: string): void;
}

export type MakeInput = (talk: Talk) => TalkInput;

/** Who speaks in a conversation. */
export interface TalkInput {
  /** Nothing more is read; what was held for reading is let go of. */
  end(): void;
}
