import { COMPRESSIONS, WRAPPINGS, PAYLOAD_KINDS } from '../core/base/message.js';
import type { LogRow, PathFound } from '../core/base/logRow.js';
import type { Conversation, NewProfileText, StoredSecrets } from '../core/base/newProfile.js';
import type { Report, StepResult } from '../core/base/model.js';
import type { Exchange } from '../core/dialects/exchanges.js';
import type { OperationStats } from '../core/dialects/dialect.js';
import type {
  ContractState,
  LoggedDeparture,
  OutgoingMessage,
  RawFrame,
  SessionSnapshot,
} from '../core/session/snapshot.js';
import type { Breakpoint, HeldFate } from '../core/session/tapState.js';
import type { RowsAsked, RowsRead } from '../core/tools/rowsRead.js';
import {
  type Check,
  either,
  flag,
  integer,
  list,
  nothing,
  oneOf,
  optional,
  pair,
  shape,
  text,
  trusted,
  utf8,
} from './checks.js';
import type { LogPayload, LogView, SessionOpenParams, UnansweredRequest } from './session.js';

const MAX_CONTENT = 64 * 1024 * 1024;
const MAX_CONTROL_BYTES = 125;
const MAX_REASON_BYTES = 123;
const MAX_FILTER = 10_000;
const MAX_ROWS = 2000;
const MAX_PATHS = 8;
const MAX_EXCHANGES = 200;
const MAX_PATH = 200;
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const MAX_REPEAT = 100_000;
const MAX_STEPS = 10_000;
const HOUR_MS = 3_600_000;

/**
 * What an act is about. `session`: a live session; `log`: a session or an opened recording; both travel with their `sessionId`,
 * which the inspector does not know. `view`: an opened view, by `viewId`. `engine`: none of these. `host`: the engine never hears of it.
 */
type Scope = 'session' | 'log' | 'view' | 'engine' | 'host';

/** Names the type of an answer; nothing stands in it. */
interface Gives<R> {
  readonly type?: R;
}

interface Act {
  readonly scope: Scope;
  /** Whether the inspector may ask for it: under the same name, without the word `session` before it. */
  readonly panel: boolean;
  /** Takes what came from the webview as what it must be: types, ranges and sizes. */
  readonly check: Check<object>;
  readonly result: Gives<unknown>;
}

/** What a command can be copied for; a shell is named where it is not the one that persons of this machine use. */
export const COPY_TOOLS = [
  'curl',
  'curl-powershell',
  'curl-cmd',
  'websocat',
  'wscat',
  'wscat-powershell',
  'wscat-cmd',
  'node',
] as const;
export type CopyTool = (typeof COPY_TOOLS)[number];

const gives = <R>(): Gives<R> => ({});
const done = gives<null>();

const count = integer(0, Number.MAX_SAFE_INTEGER);
const mode = oneOf('messages', 'wire');
const format = oneOf('wsrec', 'har', 'jsonl');
const control = shape({ payload: utf8(MAX_CONTROL_BYTES) });
const row = shape({ id: count, mode });

const message: Check<OutgoingMessage> = shape({
  format: oneOf(...PAYLOAD_KINDS),
  content: text(MAX_CONTENT),
  binary: flag,
  compress: optional(oneOf(...COMPRESSIONS)),
  wrap: optional(oneOf(...WRAPPINGS)),
});

const lane = oneOf('toClient', 'toServer');

const frame: Check<RawFrame> = shape({
  fin: flag,
  rsv1: flag,
  rsv2: flag,
  rsv3: flag,
  opcode: integer(0, 15),
  masked: flag,
  payload: message,
});

interface Operations {
  readonly operations: readonly OperationStats[];
  readonly unanswered: readonly UnansweredRequest[];
  /** Messages that could not be paired: dropped before they were read, or too long. */
  readonly missed: number;
}

export interface LearnedContract {
  readonly messages: number;
  readonly types: number;
  /** Messages that could not be looked at: gone, or too long. */
  readonly missed: number;
}

export interface HeldContract extends Omit<ContractState, 'first'> {
  /** The first 100. */
  readonly departures: readonly LoggedDeparture[];
}

interface Exchanges {
  readonly total: number;
  readonly exchanges: readonly (Exchange & { readonly row: LogRow | null })[];
}

interface Rows {
  readonly total: number;
  readonly from: number;
  readonly rows: readonly LogRow[];
  /** As the log had it when the rows were read (`LogStatus`). */
  readonly generation: number;
  /** Frames dropped in front by then: a position is counted from there. */
  readonly droppedFrames: number;
}

interface Found {
  readonly row: number | null;
  /** As the log had them when the position was one (`LogStatus`). */
  readonly generation: number;
  readonly droppedFrames: number;
}

interface Completions {
  readonly from: number;
  readonly items: readonly { readonly text: string; readonly detail: string }[];
}

/** Every request about a session or a log: all else about them, on both boundaries, follows from this table. */
export const SESSION_ACTS = {
  /** Settles when the first connection is open or has failed; the report is that of a probe up to the upgrade. */
  sessionOpen: { scope: 'session', panel: false, check: trusted<SessionOpenParams>(), result: gives<Report>() },
  sessionSnapshot: { scope: 'log', panel: false, check: nothing, result: gives<SessionSnapshot>() },
  /** Of the present or last connection, with its close once it ended; null before the first has opened or failed. */
  sessionReport: { scope: 'session', panel: false, check: nothing, result: gives<Report | null>() },
  sessionSend: {
    scope: 'session',
    panel: true,
    check: shape({ message }),
    result: gives<{ readonly bytes: number }>(),
  },
  /** The row of the message that was sent last; null before the first. */
  sessionSentRow: { scope: 'session', panel: false, check: nothing, result: gives<number | null>() },
  /** A stretch of the log for who reads it in pieces; where nothing came after `after` yet, it waits a little. */
  sessionRead: { scope: 'session', panel: false, check: trusted<RowsAsked>(), result: gives<RowsRead>() },
  /** Sends a message that was sent before once more, byte by byte: the last one, or that of a row. */
  sessionResend: {
    scope: 'session',
    panel: true,
    check: shape({ id: optional(count) }),
    result: gives<{ readonly bytes: number }>(),
  },
  sessionRepeat: {
    scope: 'session',
    panel: true,
    check: shape({ message, times: integer(1, MAX_REPEAT), everyMs: integer(0, HOUR_MS) }),
    result: done,
  },
  /** Runs steps of the profile over the open connection, `from` one `to` another, counted from 1. */
  sessionSteps: {
    scope: 'session',
    panel: true,
    check: shape({ from: integer(1, MAX_STEPS), to: integer(1, MAX_STEPS) }),
    result: gives<readonly StepResult[]>(),
  },
  sessionStopSteps: { scope: 'session', panel: true, check: nothing, result: done },
  sessionStopRepeat: { scope: 'session', panel: true, check: nothing, result: done },
  sessionSendRaw: { scope: 'session', panel: true, check: shape({ frame }), result: done },
  sessionPing: { scope: 'session', panel: true, check: control, result: done },
  sessionPong: { scope: 'session', panel: true, check: control, result: done },
  sessionClose: {
    scope: 'session',
    panel: true,
    check: shape({ code: integer(0, 65_535), reason: utf8(MAX_REASON_BYTES) }),
    result: done,
  },
  /** Destroys the socket within 100 ms, whatever is going on. */
  sessionTerminate: { scope: 'session', panel: true, check: nothing, result: done },
  sessionHalfClose: { scope: 'session', panel: true, check: nothing, result: done },
  sessionReconnect: { scope: 'session', panel: true, check: nothing, result: done },
  sessionPause: { scope: 'session', panel: true, check: shape({ paused: flag }), result: done },
  sessionRefusePong: { scope: 'session', panel: true, check: shape({ refuse: flag }), result: done },
  sessionClear: { scope: 'log', panel: true, check: nothing, result: done },
  sessionMark: { scope: 'log', panel: true, check: shape({ id: count, marked: flag }), result: done },
  sessionRecord: {
    scope: 'session',
    panel: false,
    check: trusted<{ readonly path: string | null; readonly existing?: 'append' | 'replace' }>(),
    result: done,
  },
  /** Of a tap: what is done to the connections that it relays. Faults are the text of a file; to none, to all: null. */
  tapFaults: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly text: string; readonly connection: number | null }>(),
    result: gives<{ readonly numbers: readonly number[]; readonly connections: number }>(),
  },
  /** In place of those that apply. */
  tapSetFaults: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly text: string }>(),
    result: gives<{ readonly faults: number }>(),
  },
  /** Null ends all; false where there is none of that number. */
  tapEndFault: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly number: number | null }>(),
    result: gives<boolean>(),
  },
  tapBreak: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly breakpoints: readonly Breakpoint[] }>(),
    result: done,
  },
  /** A message of ours to one side of a connection, as if the other had said it. */
  tapInject: {
    scope: 'log',
    panel: true,
    check: shape({ connection: count, lane, message }),
    result: gives<{ readonly bytes: number }>(),
  },
  /** What is known of a connection beside its messages; null: nothing any more. */
  tapReport: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly connection: number }>(),
    result: gives<Report | null>(),
  },
  /** A profile that asks as a client did, credentials as references. */
  tapProfile: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly connection: number; readonly stored: StoredSecrets }>(),
    result: gives<NewProfileText>(),
  },
  /** What a held message says, for who is to change it. */
  tapHeld: { scope: 'log', panel: true, check: shape({ held: count }), result: gives<OutgoingMessage>() },
  /** A held message goes as it is, does not go, or another goes in its place. */
  tapRelease: {
    scope: 'log',
    panel: true,
    check: shape({ held: count, fate: either<HeldFate>(oneOf('pass', 'drop'), message) }),
    result: done,
  },
  tapReleaseAll: {
    scope: 'log',
    panel: true,
    check: shape({ fate: oneOf('pass', 'drop') }),
    result: gives<number>(),
  },
  sessionOperations: { scope: 'log', panel: true, check: nothing, result: gives<Operations>() },
  /** Messages that a filter finds, and that lie between two rows, as the steps of a new profile. */
  sessionConversation: {
    scope: 'log',
    panel: false,
    check: trusted<{
      readonly filter: string;
      readonly between: readonly [number, number] | null;
      readonly stored: StoredSecrets;
    }>(),
    result: gives<Conversation>(),
  },
  /** Requests with the rows that show them and the ids of their replies, oldest first; of some operations alone. */
  sessionExchanges: {
    scope: 'log',
    panel: true,
    check: shape({
      from: count,
      count: integer(0, MAX_EXCHANGES),
      /** Part of an operation's name; with a view, a request is found by what that shows of it and its replies too. */
      operation: text(MAX_FILTER),
      viewId: optional(count),
    }),
    result: gives<Exchanges>(),
  },
  /** Rows of messages by their ids; null for those that are gone. */
  sessionRows: {
    scope: 'log',
    panel: true,
    check: shape({ ids: list(count, MAX_EXCHANGES) }),
    result: gives<readonly (LogRow | null)[]>(),
  },
  /** Ends the session and forgets its log. */
  sessionDispose: { scope: 'log', panel: false, check: nothing, result: done },
  sessionExport: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly format: 'wsrec' | 'har' | 'jsonl'; readonly path: string }>(),
    result: gives<{ readonly frames: number }>(),
  },
  /** Learns a message contract from the log and writes it to a file, which is replaced. */
  sessionLearnContract: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly path: string }>(),
    result: gives<LearnedContract>(),
  },
  /** Holds the log against a contract's file from now on; settles once what is there has been looked at. */
  sessionHoldContract: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly path: string }>(),
    result: gives<HeldContract>(),
  },
  sessionReleaseContract: { scope: 'log', panel: true, check: nothing, result: done },
  /** Writes a contract as a JSON Schema to a file, which is replaced. */
  contractExport: {
    scope: 'engine',
    panel: false,
    check: trusted<{ readonly from: string; readonly to: string }>(),
    result: gives<{ readonly types: number }>(),
  },

  /** A recording opened as a log: read-only, answers the log's requests like a closed session. */
  recordingOpen: {
    scope: 'log',
    panel: false,
    check: trusted<{ readonly path: string }>(),
    result: gives<SessionSnapshot>(),
  },
  /** Writes the WebSockets of a HAR as a recording; a file at `to` is replaced. `notes`: what was missing in it. */
  recordingImport: {
    scope: 'engine',
    panel: false,
    check: trusted<{ readonly from: string; readonly to: string }>(),
    result: gives<{ readonly frames: number; readonly notes: readonly string[] }>(),
  },

  /** A window on a log: mode and filter. Rows are asked for by range. */
  viewOpen: { scope: 'log', panel: true, check: shape({ mode, filter: text(MAX_FILTER) }), result: gives<LogView>() },
  viewClose: { scope: 'view', panel: true, check: shape({ viewId: count }), result: done },
  viewRows: {
    scope: 'view',
    panel: true,
    check: shape({
      viewId: count,
      from: count,
      count: integer(0, MAX_ROWS),
      /** JSON paths: what they select comes with the rows of messages. */
      paths: list(text(MAX_PATH), MAX_PATHS),
    }),
    result: gives<Rows>(),
  },
  viewFind: {
    scope: 'view',
    panel: true,
    check: shape({ viewId: count, text: text(MAX_FILTER), from: count, backwards: flag }),
    result: gives<Found>(),
  },
  viewRowOf: {
    scope: 'view',
    panel: true,
    check: shape({ viewId: count, id: count }),
    result: gives<Found>(),
  },
  viewPayload: {
    scope: 'log',
    panel: true,
    check: shape({ id: count, mode, offset: count, length: integer(0, MAX_PAYLOAD_BYTES) }),
    result: gives<LogPayload>(),
  },
  viewDecoded: {
    scope: 'log',
    panel: true,
    check: row,
    result: gives<{ readonly title: string; readonly json: string } | null>(),
  },
  /** A message as a line of JSON, as the export writes it; null for a line of ours, or a payload that is gone. */
  viewLine: { scope: 'log', panel: true, check: row, result: gives<string | null>() },
  /** The row of a request's reply, or of a reply's request; null where none is known. */
  viewPair: { scope: 'log', panel: true, check: shape({ id: count }), result: gives<number | null>() },
  /** Why a text is no JSON path; null when it is one. */
  pathProblem: {
    scope: 'engine',
    panel: true,
    check: shape({ path: text(MAX_PATH) }),
    result: gives<string | null>(),
  },
  /** Paths of the values in the latest messages. */
  jsonPaths: { scope: 'log', panel: true, check: nothing, result: gives<readonly PathFound[]>() },
  /** What may stand at the cursor of a filter. */
  filterComplete: {
    scope: 'log',
    panel: true,
    check: shape({ text: text(MAX_FILTER), cursor: integer(0, MAX_FILTER) }),
    result: gives<Completions>(),
  },

  /** Opens a session to the panel's target, or connects anew when there is one. */
  connect: { scope: 'host', panel: true, check: nothing, result: done },
  /** The host asks where to, and starts or stops recording. */
  record: { scope: 'host', panel: true, check: shape({ on: flag }), result: done },
  exportLog: { scope: 'host', panel: true, check: shape({ format }), result: done },
  /** The host asks where a contract is to lie, or which one the log is held against. */
  learnContract: { scope: 'host', panel: true, check: nothing, result: done },
  holdContract: { scope: 'host', panel: true, check: nothing, result: done },
  copyAs: {
    scope: 'host',
    panel: true,
    check: shape({ tool: oneOf(...COPY_TOOLS) }),
    result: done,
  },
  /** Opens a payload in an editor, saves it, or compares two in the diff editor. */
  openPayload: { scope: 'host', panel: true, check: row, result: done },
  savePayload: { scope: 'host', panel: true, check: row, result: done },
  comparePayloads: { scope: 'host', panel: true, check: shape({ ids: pair(count), mode }), result: done },
  /** The log as a text document, for screen readers and for reading at leisure. */
  openAsText: { scope: 'host', panel: true, check: shape({ viewId: count }), result: done },
  /** Of a tap: what the host asks a person about, or does. */
  tapAct: { scope: 'host', panel: true, check: shape({ name: oneOf('fault', 'hold', 'stop') }), result: done },
  /** Messages as the steps of a new profile, where the person says. */
  saveConversation: {
    scope: 'host',
    panel: true,
    check: shape({ filter: text(MAX_FILTER), between: optional(pair(count)) }),
    result: done,
  },
  /** A file dialog for the composer; null when it was dismissed. */
  pickFile: { scope: 'host', panel: true, check: nothing, result: gives<{ readonly path: string } | null>() },
} as const satisfies Readonly<Record<string, Act>>;

type Acts = typeof SESSION_ACTS;
type Params<M extends keyof Acts> = ReturnType<Acts[M]['check']>;
type Result<M extends keyof Acts> = Acts[M]['result'] extends Gives<infer R> ? R : never;
type Where<K extends keyof Act, V> = { [M in keyof Acts]: Acts[M][K] extends V ? M : never }[keyof Acts];

type EngineAct = Exclude<keyof Acts, Where<'scope', 'host'>>;
type ById<M extends keyof Acts> = Acts[M]['scope'] extends 'session' | 'log' ? { readonly sessionId: string } : object;

/** Host (or inspector, through the host) to engine. */
export type SessionRequests = {
  readonly [M in EngineAct]: { readonly params: ById<M> & Params<M>; readonly result: Result<M> };
};

type PanelName<M extends string> = M extends `session${infer Rest}` ? Uncapitalize<Rest> : M;
type PanelParams<P> = object extends P ? null : P;

/** A session's acts as the inspector asks for them: the host knows which session is the panel's. */
export type InspectorSessionRequests = {
  readonly [M in Where<'panel', true> as PanelName<M>]: {
    readonly params: PanelParams<Params<M>>;
    readonly result: Result<M>;
  };
};

/** The inspector's names of acts that the host carries out by itself. */
export type HostActName = PanelName<Where<'scope', 'host'>>;

type PanelActs = {
  readonly [M in Where<'panel', true> as PanelName<M>]: Acts[M] & { readonly method: M };
};

/** Every request of `SessionRequests`, by name. */
export const SESSION_METHODS = entriesOf(SESSION_ACTS)
  .filter(([, { scope }]) => scope !== 'host')
  .map(([method]) => method as EngineAct);

/** What the inspector may ask for, by its own names, with the engine's name of each. */
export const PANEL_ACTS = Object.fromEntries(
  entriesOf(SESSION_ACTS)
    .filter(([, { panel }]) => panel)
    .map(([method, act]) => [panelName(method), { ...act, method }]),
) as unknown as PanelActs;

function panelName(method: string): string {
  const name = method.replace(/^session/, '');
  return name === method ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

function entriesOf(acts: Readonly<Record<string, Act>>): readonly (readonly [string, Act])[] {
  return Object.entries(acts);
}
