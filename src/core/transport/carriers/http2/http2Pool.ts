import type { ProbePlan } from '../../../base/plan.js';
import type { Http2Connection } from './http2Connection.js';

/** HTTP/2 connections that several WebSockets of this process use together: one for each server and way to it. */
export class Http2Pool {
  readonly #connections = new Map<string, Http2Connection>();
  readonly #opening = new Map<string, Promise<void>>();

  /** Settles when the connection that is being opened is there, or will not be; null when none is. */
  opening(plan: ProbePlan): Promise<void> | null {
    return (isShared(plan) && this.#opening.get(keyOf(plan))) || null;
  }

  /** A connection that takes one more stream, already counted as used; null for none. */
  take(plan: ProbePlan): Http2Connection | null {
    const connection = isShared(plan) ? this.#connections.get(keyOf(plan)) : undefined;
    if (!connection?.usable) return null;
    connection.share();
    return connection;
  }

  /** A connection is being opened, which others may wait for. Call what it gives with the connection, or with null for none. */
  open(plan: ProbePlan): (connection: Http2Connection | null) => void {
    if (!isShared(plan)) return () => {};
    const key = keyOf(plan);
    let done: () => void = () => {};
    const opening = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#opening.set(key, opening);
    return (connection) => {
      if (this.#opening.get(key) === opening) this.#opening.delete(key);
      if (connection?.usable) this.#keep(key, connection);
      done();
    };
  }

  /** Nobody is given this connection any more; who uses it goes on. */
  drop(connection: Http2Connection): void {
    for (const [key, kept] of this.#connections) if (kept === connection) this.#connections.delete(key);
  }

  #keep(key: string, connection: Http2Connection): void {
    this.#connections.set(key, connection);
    connection.onClosed(() => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    });
  }
}

/** Without TLS, `auto` is HTTP/1.1. */
function isShared({ http, session, url }: ProbePlan): boolean {
  return session.shareConnection && (http === '2' || (http === 'auto' && url.startsWith('wss:')));
}

/** RFC 9113 9.1.1 lets connections be reused for one authority; ours must also be trusted and reached alike. */
function keyOf({ url, tls, baseDir, systemCertificates, proxy, allowLinkLocal }: ProbePlan): string {
  const { host, protocol } = new URL(url);
  return JSON.stringify([protocol, host, tls, baseDir, systemCertificates, proxy, allowLinkLocal]);
}
