import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackName } from '../../base/address.js';

/**
 * Why a request is no scrape, but that of a web page in somebody's browser, which must not make this machine connect anywhere;
 * null where nothing says so. `isLoopback`: only this machine is listened to, so that it must be meant by one of its own names
 * (a page's own name may have been pointed here: DNS rebinding).
 */
export function whyRefused(headers: IncomingHttpHeaders, isLoopback: boolean): string | null {
  if (headers.origin !== undefined) return 'Requests of web pages (with an Origin) are refused.';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none') return 'Requests of web pages are refused.';
  if (!isLoopback || isLoopbackName(hostOf(headers.host ?? ''))) return null;
  return 'This exporter answers to localhost, 127.0.0.1 and [::1] alone: the Host of the request is another one.';
}

function hostOf(header: string): string {
  return /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(header)?.[1] ?? header.replace(/:\d+$/, '');
}
