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
