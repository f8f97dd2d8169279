import type { ProbeProgress, Report } from '../core/model.js';

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
  /** A fault of ours (engine stopped, profile has problems): one sentence and the next step. */
  readonly error: { readonly message: string; readonly hint: string | null } | null;
  /** True when the panel was restored from an earlier window: it shows what it had and never reconnects by itself. */
  readonly restored: boolean;
  /** Whether a `.wsprobe` file stands behind the target; decides between "Open profile" and "Save as profile". */
  readonly hasProfile: boolean;
  /** The close code of `report.close` in words. */
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

/** Webview to host: requests. Each names one permitted act. */
export interface InspectorRequests {
  readonly ready: { readonly params: null; readonly result: InspectorState };
  readonly runAgain: { readonly params: null; readonly result: null };
  readonly cancel: { readonly params: null; readonly result: null };
  readonly copyReport: { readonly params: null; readonly result: null };
  readonly openReport: { readonly params: null; readonly result: null };
  readonly copyText: { readonly params: { readonly text: string }; readonly result: null };
  readonly saveAsProfile: { readonly params: null; readonly result: null };
  readonly openProfile: { readonly params: null; readonly result: null };
}

/** Host to webview: events. */
export interface InspectorEvents {
  readonly state: InspectorState;
}
