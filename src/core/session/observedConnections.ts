import { plainText } from '../base/plainText.js';
import { setBounded } from '../base/setBounded.js';
import type { SourceConnection } from './logSource.js';
import { headerValue } from '../handshake/headers.js';
import type { ObservedClient, ObservedConnection, ObservedState } from './snapshot.js';

/** Followed at a time: beyond it the oldest is let go of, and its rows alone go on. */
const MAX_LIVE = 10_000;
/** Rows of a snapshot. */
const MAX_LISTED = 100;
const MAX_ENDED = 50;
const MAX_SHOWN = 200;

/** What is held of one connection of another program while it lives. */
interface Followed {
  readonly facts: Omit<SourceConnection, 'close' | 'closedMs'>;
  readonly name: string;
  readonly isPartial: boolean;
  readonly client: ObservedClient | null;
  why: string | null;
  state: ObservedConnection['state'];
  code: number | null;
  messages: number;
}

/** The connections that live and the last of those that ended, bounded. */
export class ObservedConnections {
  readonly #live = new Map<number, Followed>();
  #ended: Followed[] = [];

  begin(facts: Followed['facts'], name: string, isPartial: boolean): void {
    const state = facts.atMs === null ? 'connecting' : 'open';
    const client = clientOf(facts);
    const followed: Followed = { facts, name, isPartial, client, state, code: null, messages: 0, why: null };
    setBounded(this.#live, facts.connection, followed, MAX_LIVE);
  }

  isLive(connection: number): boolean {
    return this.#live.has(connection);
  }

  count(connection: number): void {
    const followed = this.#live.get(connection);
    if (followed) followed.messages += 1;
  }

  /** False for one that is not followed. */
  end(connection: number, state: 'closed' | 'refused', code: number | null, why: string | null = null): boolean {
    const followed = this.#live.get(connection);
    if (!followed) return false;
    this.#live.delete(connection);
    followed.state = state;
    followed.code = code;
    followed.why = why;
    this.#ended.unshift(followed);
    if (this.#ended.length > MAX_ENDED) this.#ended.pop();
    return true;
  }

  /** Those that are open, oldest first. */
  *open(): Iterable<Followed['facts']> {
    for (const { facts, state } of this.#live.values()) if (state === 'open') yield facts;
  }

  state(): ObservedState {
    const live: Followed[] = [];
    // The newest stand last.
    let skip = this.#live.size - MAX_LISTED;
    for (const followed of this.#live.values()) if (skip-- <= 0) live.push(followed);
    const listed = [...live.toReversed(), ...this.#ended].slice(0, MAX_LISTED);
    return { open: this.#live.size, listed: listed.map(rowOf) };
  }
}

function rowOf({ facts, name, state, code, messages, isPartial, client, why }: Followed): ObservedConnection {
  return {
    connection: facts.connection,
    name,
    url: facts.url,
    state,
    code,
    messages,
    isPartial,
    ...(client ? { client } : {}),
    ...(why === null ? {} : { why }),
  };
}

function clientOf({ peer, request }: Followed['facts']): ObservedClient | null {
  if (peer === null || request === null) return null;
  const header = (name: string) => plainText(headerValue(request.headers, name) ?? '', MAX_SHOWN) || null;
  const path = plainText(request.target.replace(/[?#].*$/s, ''), MAX_SHOWN);
  return { peer, path, origin: header('origin'), agent: header('user-agent') };
}
