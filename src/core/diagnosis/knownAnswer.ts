import type { Evidence } from '../base/evidence.js';
import type { Fix, Layer, ResponseInfo } from '../base/model.js';

/** What one software means by an answer that HTTP would read otherwise. */
export interface KnownAnswer {
  readonly id:
    | 'upgrade.bad-request'
    | 'upgrade.forbidden'
    | 'upgrade.not-found'
    | 'upgrade.not-websocket'
    | 'upgrade.origin-refused'
    | 'upgrade.rate-limited'
    | 'upgrade.server-error'
    | 'upgrade.unauthorized'
    | 'upgrade.unavailable'
    | 'upgrade.cdn-error';
  readonly layer?: Layer;
  readonly title: string;
  readonly why: string;
  /** The bytes that tell it. */
  readonly sign: string;
  readonly fixes: readonly Fix[];
}

export interface Seen {
  readonly evidence: Evidence;
  readonly response: ResponseInfo;
  readonly status: number;
  /** What a person reads of the body. */
  readonly text: string;
  readonly header: (name: string) => string;
}

export type Reading = (seen: Seen) => KnownAnswer | null;
