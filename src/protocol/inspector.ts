import type { ProbeProgress, Report, Variation, Verdict } from '../core/base/model.js';
import type { OutgoingMessage, SessionSnapshot } from '../core/session/snapshot.js';
import type { ChangedLine } from '../core/text/lineDifference.js';
import type { InspectorSessionRequests } from './acts.js';
import type { SessionEvents } from './session.js';

export type { InspectorSessionRequests } from './acts.js';

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
  /** What the log is to be filtered by, once for each `number`: a row of a tree was chosen. Absent: nothing was asked. */
  readonly filter?: { readonly text: string; readonly number: number } | null;
  /** The panel's session, live or ended; null while it is only a probe. */
  readonly session: SessionSnapshot | null;
  /** Messages of the profile. */
  readonly savedMessages: readonly SavedComposition[];
  /** Messages sent from this panel's composer before, latest first; at most 50. */
  readonly sentMessages: readonly OutgoingMessage[];
  /** A fix that the last run was made with; absent or null: none. */
  readonly fix?: UsedFix | null;
  /** The close code of `session.close` in words, where there is a session; else that of `report.close`. */
  readonly closeExplanation?: CloseText | null;
}

/** A fix that a person put into the profile, or tried for once, and how things stood before. */
export interface UsedFix {
  readonly title: string;
  /** `tried`: the target itself is as it was. */
  readonly kind: 'applied' | 'tried';
  readonly before: { readonly verdict: Verdict; readonly headline: string | null };
  /** Name of the profile; null: there is none. */
  readonly file: string | null;
  /** Lines of the profile, secrets out; null where nothing can be said of it. */
  readonly difference: readonly ChangedLine[] | null;
}

/** One fix of the report that is shown. */
export interface FixChoice {
  readonly finding: string;
  readonly title: string;
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
  /** Puts a fix into the profile and runs again. */
  readonly applyFix: { readonly params: FixChoice; readonly result: null };
  /** Runs once as if the fix were put in; nothing is changed. */
  readonly tryFix: { readonly params: FixChoice; readonly result: null };
  /** Puts what was tried into the profile. */
  readonly keepFix: { readonly params: null; readonly result: null };
  readonly undoFix: { readonly params: null; readonly result: null };
  /** The profile before and after, in the editor. */
  readonly showFix: { readonly params: null; readonly result: null };
  /** What is not as it was when the target was last healthy. */
  readonly compareHealthy: { readonly params: null; readonly result: null };
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
