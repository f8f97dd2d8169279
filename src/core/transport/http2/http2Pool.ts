import type { ProbePlan } from '../../base/plan.js';
import type { Http2Carrier } from './http2Carrier.js';

/** HTTP/2 connections that several WebSockets of this process use together: one for each server and way to it. */
export class Http2Pool {
  readonly #carriers = new Map<string, Http2Carrier>();
  readonly #opening = new Map<string, Promise<void>>();

  /** Settles when the connection that is being opened is there, or will not be; null when none is. */
  opening(plan: ProbePlan): Promise<void> | null {
    return (isShared(plan) && this.#opening.get(keyOf(plan))) || null;
  }

  /** A connection that takes one more stream, already counted as used; null for none. */
  take(plan: ProbePlan): Http2Carrier | null {
    const carrier = isShared(plan) ? this.#carriers.get(keyOf(plan)) : undefined;
    if (!carrier?.usable) return null;
    carrier.share();
    return carrier;
  }

  /** A connection is being opened, which others may wait for. Call what it gives with the connection, or with null for none. */
  open(plan: ProbePlan): (carrier: Http2Carrier | null) => void {
    if (!isShared(plan)) return () => {};
    const key = keyOf(plan);
    let done: () => void = () => {};
    const opening = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#opening.set(key, opening);
    return (carrier) => {
      if (this.#opening.get(key) === opening) this.#opening.delete(key);
      if (carrier?.usable) this.#keep(key, carrier);
      done();
    };
  }

  /** Nobody is given this connection any more; who uses it goes on. */
  drop(carrier: Http2Carrier): void {
    for (const [key, kept] of this.#carriers) if (kept === carrier) this.#carriers.delete(key);
  }

  #keep(key: string, carrier: Http2Carrier): void {
    this.#carriers.set(key, carrier);
    carrier.onClosed(() => {
      if (this.#carriers.get(key) === carrier) this.#carriers.delete(key);
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
