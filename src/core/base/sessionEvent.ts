import type { CloseInfo } from './model.js';

/** What happened to a session beside its frames. Texts in it are redacted; `core/text` says it in words. */
export type SessionEvent =
  /** A connection is begun, the first or a further one; `url` where each has its own. */
  | { readonly kind: 'connecting'; readonly connection: number; readonly url?: string }
  | { readonly kind: 'redirected'; readonly url: string }
  /** `durationMs` and `subprotocol` are null where the source does not tell them; `url` where each has its own. */
  | {
      readonly kind: 'open';
      readonly durationMs: number | null;
      readonly subprotocol: string | null;
      readonly url?: string;
    }
  | { readonly kind: 'closed'; readonly close: ConnectionEnd }
  /** It never opened. */
  | { readonly kind: 'not-connected'; readonly message: string | null }
  /** A fault of ours came between. */
  | { readonly kind: 'connect-failed'; readonly connection: number; readonly message: string }
  | {
      readonly kind: 'reconnecting';
      readonly delayMs: number;
      readonly attempt: number;
      readonly maxAttempts: number;
    }
  /** Nothing reconnects by itself any more: the attempts are through, or the code would come again. */
  | { readonly kind: 'gave-up'; readonly maxAttempts: number }
  | { readonly kind: 'not-worth-retrying'; readonly code: number }
  | { readonly kind: 'heartbeat-missed'; readonly timeoutMs: number }
  | { readonly kind: 'heartbeat-not-sent'; readonly message: string }
  | { readonly kind: 'repeat-stopped'; readonly message: string }
  | { readonly kind: 'half-closed' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  /** A recording lacks frames here. */
  | { readonly kind: 'frames-missing'; readonly frames: number; readonly reason: string }
  /** Of whoever made the source: a fault injected, a page reloaded. */
  | { readonly kind: 'note'; readonly text: string };

/** An end as a source tells it; a browser or a HAR may not know the code. */
export type ConnectionEnd = Omit<CloseInfo, 'code'> & { readonly code: number | null };
