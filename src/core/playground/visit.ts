import { headerOf, tokensOf, type PlaygroundRequest } from './request.js';
import type { Wire } from './wire.js';

const MAX_TEXT = 4_096;

/** Who is in a room of `/chat`, by their connections. */
export type Room = Map<Visit, { readonly user: string; readonly tell: (message: object) => void }>;

/** What a playground keeps from one visit to the next. */
export interface Guestbook {
  /** Open connections of `/limit`. */
  guests: number;
  /** Visits of `/backends`, `/flaky` and the gusts of `/weather`: what comes in turn goes by it. */
  turns: number;
  /** Of `/chat`, by name; an empty one is gone. */
  readonly rooms: Map<string, Room>;
  readonly caPem: () => string;
  /** Of the ports without and with TLS, as a Location names them; known once all of them listen. */
  origins: { readonly plain: string; readonly secure: string };
}

/** One request and the connection it came on: all a behaviour gets. */
export class Visit {
  constructor(
    readonly wire: Wire,
    readonly request: PlaygroundRequest,
    /** Bytes that came behind the head. */
    readonly early: Buffer,
    readonly book: Guestbook,
    /** Waits for the next request on the same connection. */
    readonly again: () => void,
  ) {}

  header(name: string): string | null {
    return headerOf(this.request, name);
  }

  /** Subprotocols the client offers, in order. */
  get offered(): string[] {
    return tokensOf(this.request, 'sec-websocket-protocol');
  }

  get offersDeflate(): boolean {
    return tokensOf(this.request, 'sec-websocket-extensions').some((token) =>
      /^permessage-deflate\s*(;|$)/.test(token),
    );
  }

  get wantsUpgrade(): boolean {
    return this.header('upgrade') !== null;
  }

  /** A whole number from the query, held between `least` and `most`; the fallback when it is missing or no number. */
  number(name: string, fallback: number, least: number, most: number): number {
    const text = this.request.query.get(name);
    const value = text === null || text.trim() === '' ? Number.NaN : Math.trunc(Number(text));
    return Number.isFinite(value) ? Math.min(Math.max(value, least), most) : fallback;
  }

  milliseconds(name: string, fallback: number): number {
    return this.number(name, fallback, 0, 3_600_000);
  }

  text(name: string, fallback: string): string {
    // Never half a surrogate pair.
    return (this.request.query.get(name) ?? fallback).slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '');
  }

  flag(name: string): boolean {
    const value = this.request.query.get(name);
    return value !== null && value !== '0' && value !== 'false';
  }

  /** What stands behind the behaviour's fixed part: `4401` of `/close/4401`. */
  get lastSegment(): string {
    return this.request.path.slice(this.request.path.lastIndexOf('/') + 1);
  }
}
