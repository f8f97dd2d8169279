import type { LogMode } from '../core/base/logRow.js';
import type { ProbeProgress, Report, Variation } from '../core/base/model.js';
import type { OutgoingMessage, SessionSnapshot } from '../core/session/snapshot.js';
import type { SessionEvents, SessionRequests } from './session.js';

/** What the inspector shows: truth lives with the host, the webview is a function of this. */
export interface InspectorState {
  readonly revision: number;
  /** Opaque and harmless. The webview keeps it (`setState({ id })`): a restored panel finds by it what it had shown. */
  readonly id: string;
  /** Name of the profile or the URL, redacted. */
  readonly name: string;
  readonly url: string;
  readonly status: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly progress: ProbeProgress | null;
  /** The last finished report; stays while the next one runs. */
  readonly report: Report | null;
  /** Handshakes that a differential under way has finished; null or absent: none is. */
  readonly variations?: readonly Variation[] | null;
  /** A fault of ours (engine stopped, profile has problems): one sentence and the next step; `code` is stable. */
  readonly error: { readonly code: string | null; readonly message: string; readonly hint: string | null } | null;
  /** True when the panel was restored from an earlier window: it shows what it had and never reconnects by itself. */
  readonly restored: boolean;
  /** Whether a `.wsprobe` file stands behind the target; decides between "Open profile" and "Save as profile". */
  readonly hasProfile: boolean;
  /** A recording in its read-only editor: it has a log, and nothing can be run, connected or sent. */
  readonly readOnly?: boolean;
  /** The panel's session, live or ended; null while it is only a probe. */
  readonly session: SessionSnapshot | null;
  /** Messages of the profile. */
  readonly savedMessages: readonly SavedComposition[];
  /** Messages sent from this panel's composer before, latest first; at most 50. */
  readonly sentMessages: readonly OutgoingMessage[];
  /** The close code of `session.close` in words, where there is a session; else that of `report.close`. */
  readonly closeExplanation?: CloseText | null;
}

/** A close code explained: its registered or dialect name, what it means here, what to do about it. */
export interface CloseText {
  readonly name: string;
  readonly meaning: string;
  readonly actions: readonly string[];
}

/** What the webview keeps with `setState`, and what a panel serializer gets back after the window was reloaded. */
export interface InspectorMemento {
  readonly id: string | null;
  /** Which tab, which rows are open: the webview's own affair. */
  readonly view: unknown;
}

/** A session's acts as the inspector asks for them: the host knows which session is the panel's. */
type InPanel<M extends keyof SessionRequests> = {
  readonly params: Omit<SessionRequests[M]['params'], 'sessionId'>;
  readonly result: SessionRequests[M]['result'];
};

export interface InspectorSessionRequests {
  /** Opens a session to the panel's target, or connects anew when there is one. */
  readonly connect: { readonly params: null; readonly result: null };
  readonly send: InPanel<'sessionSend'>;
  readonly repeat: InPanel<'sessionRepeat'>;
  readonly stopRepeat: InPanel<'sessionStopRepeat'>;
  readonly sendRaw: InPanel<'sessionSendRaw'>;
  readonly ping: InPanel<'sessionPing'>;
  readonly pong: InPanel<'sessionPong'>;
  readonly close: InPanel<'sessionClose'>;
  readonly terminate: InPanel<'sessionTerminate'>;
  readonly halfClose: InPanel<'sessionHalfClose'>;
  readonly reconnect: { readonly params: null; readonly result: null };
  readonly pause: InPanel<'sessionPause'>;
  readonly refusePong: InPanel<'sessionRefusePong'>;
  readonly clear: InPanel<'sessionClear'>;
  readonly mark: InPanel<'sessionMark'>;
  readonly operations: InPanel<'sessionOperations'>;
  readonly viewOpen: InPanel<'viewOpen'>;
  readonly viewClose: InPanel<'viewClose'>;
  readonly viewRows: InPanel<'viewRows'>;
  readonly viewFind: InPanel<'viewFind'>;
  readonly viewRowOf: InPanel<'viewRowOf'>;
  readonly viewPayload: InPanel<'viewPayload'>;
  readonly viewDecoded: InPanel<'viewDecoded'>;
  readonly filterComplete: InPanel<'filterComplete'>;
  /** The host asks where to, and starts or stops recording. */
  readonly record: { readonly params: { readonly on: boolean }; readonly result: null };
  readonly exportLog: { readonly params: { readonly format: 'wsrec' | 'har' | 'jsonl' }; readonly result: null };
  readonly copyAs: {
    readonly params: { readonly tool: 'curl' | 'websocat' | 'wscat' | 'node' };
    readonly result: null;
  };
  /** Opens a payload in an editor, saves it, or compares two in the diff editor. */
  readonly openPayload: { readonly params: { readonly id: number; readonly mode: LogMode }; readonly result: null };
  readonly savePayload: { readonly params: { readonly id: number; readonly mode: LogMode }; readonly result: null };
  readonly comparePayloads: {
    readonly params: { readonly ids: readonly [number, number]; readonly mode: LogMode };
    readonly result: null;
  };
  /** The log as a text document, for screen readers and for reading at leisure. */
  readonly openAsText: { readonly params: { readonly viewId: number }; readonly result: null };
  /** A file dialog for the composer; null when it was dismissed. */
  readonly pickFile: { readonly params: null; readonly result: { readonly path: string } | null };
}

export interface InspectorSessionEvents {
  readonly session: SessionSnapshot;
  readonly view: Omit<SessionEvents['view'], 'sessionId'>;
}

/** A message of the profile, ready for the composer. */
export interface SavedComposition {
  readonly name: string;
  readonly message: OutgoingMessage;
}

/** Webview to host: requests. Each names one permitted act. */
export interface InspectorRequests extends InspectorSessionRequests {
  readonly ready: { readonly params: null; readonly result: InspectorState };
  readonly runAgain: { readonly params: null; readonly result: null };
  readonly cancel: { readonly params: null; readonly result: null };
  /** Tries the failed handshake with one thing changed at a time. */
  readonly findCause: { readonly params: null; readonly result: null };
  /** Runs again along the redirect that the report shows; the person is asked first. */
  readonly followRedirect: { readonly params: null; readonly result: null };
  readonly copyReport: { readonly params: null; readonly result: null };
  readonly openReport: { readonly params: null; readonly result: null };
  readonly copyText: { readonly params: { readonly text: string }; readonly result: null };
  readonly saveAsProfile: { readonly params: null; readonly result: null };
  readonly openProfile: { readonly params: null; readonly result: null };
}

/** Host to webview: events. */
export interface InspectorEvents extends InspectorSessionEvents {
  readonly state: InspectorState;
}
