import type { JobKinds } from '../../protocol/jobs.js';

export type WatchSummary = JobKinds['watch']['result'];
export type WatchJobEvent = JobKinds['watch']['event'];

/** One target that is watched, as trees and commands know it. */
export class Watched {
  /** As it last stood; null before the first look. */
  summary: WatchSummary | null = null;
  readonly id: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedMs = Date.now();
  /** Tells the target apart; it may hold secrets and never leaves memory. */
  readonly key: string;
  readonly name: string;
  /** Redacted. */
  readonly url: string;
  /** Its profile as a URI; null for an address alone. */
  readonly file: string | null;

  constructor(about: Pick<Watched, 'id' | 'key' | 'name' | 'url' | 'file'>) {
    this.id = about.id;
    this.key = about.key;
    this.name = about.name;
    this.url = about.url;
    this.file = about.file;
  }
}
