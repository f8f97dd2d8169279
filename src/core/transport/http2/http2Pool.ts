import type { ProbePlan } from '../../profile/profile.js';
import type { Http2Carrier } from './http2Carrier.js';

/** HTTP/2 connections that several WebSockets of this process use together: one for each server and way to it. */
export class Http2Pool {
  readonly #carriers = new Map<string, Http2Carrier>();

  /** A connection that takes one more stream; null for none. */
  find(plan: ProbePlan): Http2Carrier | null {
    if (!isShared(plan)) return null;
    const key = keyOf(plan);
    const carrier = this.#carriers.get(key);
    if (carrier?.usable) return carrier;
    this.#carriers.delete(key);
    return null;
  }

  add(plan: ProbePlan, carrier: Http2Carrier): void {
    if (isShared(plan)) this.#carriers.set(keyOf(plan), carrier);
  }
}

function isShared({ http, session }: ProbePlan): boolean {
  return session.shareConnection && http !== '1.1';
}

/** RFC 9113 9.1.1 lets connections be reused for one authority; ours must also be trusted and reached alike. */
function keyOf({ url, tls, proxy, allowLinkLocal }: ProbePlan): string {
  return JSON.stringify([new URL(url).origin, new URL(url).host, new URL(url).protocol, tls, proxy, allowLinkLocal]);
}
