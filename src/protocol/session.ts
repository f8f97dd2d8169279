import type { FilterProblem, LogMode, LogRow, LogStatus } from '../core/base/logRow.js';
import type { OperationStats } from '../core/dialects/dialect.js';
import type { Report } from '../core/base/model.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { OutgoingMessage, RawFrame, SessionSnapshot } from '../core/session/snapshot.js';

export type { FilterProblem, LogMode, LogRow, LogStatus, RowKind } from '../core/base/logRow.js';
export type { OperationStats } from '../core/dialects/dialect.js';
export type { OutgoingMessage, RawFrame, SessionSnapshot, SessionState, Traffic } from '../core/session/snapshot.js';

type Of<P, R = null> = { readonly params: P; readonly result: R };
type OfSession<P = object, R = null> = Of<{ readonly sessionId: string } & P, R>;
type OfView<P = object, R = null> = Of<{ readonly viewId: number } & P, R>;

/** Host (or inspector, through the host) to engine. */
export interface SessionRequests {
  /** Settles when the first connection is open or has failed; the report is that of a probe up to the upgrade. */
  readonly sessionOpen: OfSession<SessionOpenParams, Report>;
  readonly sessionSnapshot: OfSession<object, SessionSnapshot>;
  /** Of the present or last connection, with its close once it ended; null before the first has opened or failed. */
  readonly sessionReport: OfSession<object, Report | null>;
  readonly sessionSend: OfSession<{ readonly message: OutgoingMessage }, { readonly bytes: number }>;
  readonly sessionRepeat: OfSession<{
    readonly message: OutgoingMessage;
    readonly times: number;
    readonly everyMs: number;
  }>;
  readonly sessionStopRepeat: OfSession;
  readonly sessionSendRaw: OfSession<{ readonly frame: RawFrame }>;
  readonly sessionPing: OfSession<{ readonly payload: string }>;
  readonly sessionPong: OfSession<{ readonly payload: string }>;
  readonly sessionClose: OfSession<{ readonly code: number; readonly reason: string }>;
  /** Destroys the socket within 100 ms, whatever is going on. */
  readonly sessionTerminate: OfSession;
  readonly sessionHalfClose: OfSession;
  readonly sessionReconnect: OfSession;
  readonly sessionPause: OfSession<{ readonly paused: boolean }>;
  readonly sessionRefusePong: OfSession<{ readonly refuse: boolean }>;
  readonly sessionClear: OfSession;
  readonly sessionMark: OfSession<{ readonly id: number; readonly marked: boolean }>;
  readonly sessionRecord: OfSession<{ readonly path: string | null }>;
  readonly sessionOperations: OfSession<
    object,
    {
      readonly operations: readonly OperationStats[];
      readonly unanswered: readonly UnansweredRequest[];
      /** Messages that could not be paired: dropped before they were read, or too long. */
      readonly missed: number;
    }
  >;
  /** Ends the session and forgets its log. */
  readonly sessionDispose: OfSession;

  /** A recording opened as a log: read-only, answers the log's requests like a closed session. */
  readonly recordingOpen: OfSession<{ readonly path: string }, SessionSnapshot>;
  /** Writes the WebSockets of a HAR (Chrome, Firefox) as a recording; a file at `to` is replaced. */
  readonly recordingImport: Of<{ readonly from: string; readonly to: string }, { readonly frames: number }>;
  readonly sessionExport: OfSession<
    { readonly format: 'wsrec' | 'har' | 'jsonl'; readonly path: string },
    { readonly frames: number }
  >;

  /** A window on a log: mode and filter. Rows are asked for by range. */
  readonly viewOpen: OfSession<{ readonly mode: LogMode; readonly filter: string }, LogView>;
  readonly viewClose: OfView;
  readonly viewRows: OfView<
    { readonly from: number; readonly count: number },
    { readonly total: number; readonly from: number; readonly rows: readonly LogRow[] }
  >;
  readonly viewFind: OfView<
    { readonly text: string; readonly from: number; readonly backwards: boolean },
    { readonly row: number | null }
  >;
  readonly viewRowOf: OfView<{ readonly id: number }, { readonly row: number | null }>;
  /** What may stand at the cursor of a filter. */
  readonly filterComplete: Of<
    { readonly text: string; readonly cursor: number },
    { readonly from: number; readonly items: readonly { readonly text: string; readonly detail: string }[] }
  >;
  readonly viewPayload: OfSession<
    { readonly id: number; readonly mode: LogMode; readonly offset: number; readonly length: number },
    LogPayload
  >;
  readonly viewDecoded: OfSession<
    { readonly id: number; readonly mode: LogMode },
    { readonly title: string; readonly json: string } | null
  >;
}

/** How much payload a log keeps: in memory, then in temporary files; what does not fit is dropped and counted. */
export interface LogBudget {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface SessionOpenParams {
  readonly plan: ProbePlan;
  readonly vantage: Report['vantage'];
  /** A `.wsrec` file to record to from the first frame on; null for none. */
  readonly recordTo: string | null;
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

/** Every request of `SessionRequests`, by name. */
export const SESSION_METHODS = [
  'sessionOpen',
  'sessionSnapshot',
  'sessionReport',
  'sessionSend',
  'sessionRepeat',
  'sessionStopRepeat',
  'sessionSendRaw',
  'sessionPing',
  'sessionPong',
  'sessionClose',
  'sessionTerminate',
  'sessionHalfClose',
  'sessionReconnect',
  'sessionPause',
  'sessionRefusePong',
  'sessionClear',
  'sessionMark',
  'sessionRecord',
  'sessionOperations',
  'sessionDispose',
  'recordingOpen',
  'recordingImport',
  'sessionExport',
  'viewOpen',
  'viewClose',
  'viewRows',
  'viewFind',
  'viewRowOf',
  'filterComplete',
  'viewPayload',
  'viewDecoded',
] as const satisfies readonly (keyof SessionRequests)[];
