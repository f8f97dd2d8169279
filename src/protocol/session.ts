import type { FilterProblem, LogStatus } from '../core/base/logRow.js';
import type { Report } from '../core/base/model.js';
import type { SessionSnapshot } from '../core/session/snapshot.js';
import type { PlanRef } from './prepared.js';

export type { FilterProblem, LogMode, LogRow, LogStatus, PathFound, RowValue } from '../core/base/logRow.js';
export type { Breakpoint, HeldMessage, Lane, TapState } from '../core/session/tapState.js';
export type {
  ObservedConnection,
  OutgoingMessage,
  SessionSnapshot,
  SessionState,
  Traffic,
} from '../core/session/snapshot.js';

/** How much payload a log keeps: in memory, then in temporary files; what does not fit is dropped and counted. */
export interface LogBudget {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface SessionOpenParams {
  readonly plan: PlanRef;
  readonly vantage: Report['vantage'];
  /** A `.wsrec` file to record to from the first frame on; null for none. */
  readonly recordTo: string | null;
  /** A file that holds the end of the log for as long as the session is there; null for none. */
  readonly keepTo?: string | null;
  readonly budget: LogBudget;
}

export interface UnansweredRequest {
  readonly id: number;
  readonly operation: string;
  readonly atMs: number;
}

export interface LogView {
  readonly viewId: number;
  readonly total: number;
  readonly problems: readonly FilterProblem[];
}

export interface LogPayload {
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly binary: boolean;
  /** Null when the payload was dropped. */
  readonly available: boolean;
}

/** Engine to host: at most 20 a second for each session, one unacknowledged at most. */
export interface SessionEvents {
  readonly session: SessionSnapshot;
  /** A view has more rows, or fewer (cleared), or its filter has got further. */
  readonly view: {
    readonly sessionId: string;
    readonly viewId: number;
    readonly total: number;
    readonly scanning: boolean;
    readonly log: LogStatus;
  };
}
