import type { ResponseInfo } from '../base/model.js';
import { headerOf, readableText } from './facts.js';

const fromTheTlsPort =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|plain HTTP to an SSL-enabled server port/i;

const forTlsAlone =
  /\b(?:requires? (?:TLS|SSL|https)|(?:TLS|SSL|https)(?: connection)? (?:is )?required|(?:use|using|via|over) (?:https|wss|TLS|SSL)(?: protocol| only)?\b|(?:https|wss|TLS|SSL) only)/i;

/** A port of Go says so without a header; with one, somebody passed it on from a server behind. */
function isFromBehind({ headers }: ResponseInfo, text: string): boolean {
  return /HTTP request to an HTTPS server/i.test(text) && headerOf(headers, 'server') !== null;
}

/** In HTTP, from a port of TLS: it was spoken to in plain text. */
export function complainsOfPlainText(response: ResponseInfo): boolean {
  const text = readableText(response);
  return response.status === 400 && fromTheTlsPort.test(text) && !isFromBehind(response, text);
}

/** A server that understood plain HTTP, and wants to be asked over TLS: at another port than this one. */
export function wantsTls(response: ResponseInfo): boolean {
  if (response.status === 426 && /^TLS\//i.test(headerOf(response.headers, 'upgrade') ?? '')) return true;
  return [400, 403, 426].includes(response.status) && forTlsAlone.test(readableText(response).slice(0, 400));
}
