import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Format } from './probeMetrics.js';

/** Of a reader who takes nothing of an answer. */
const SLOW_MS = 10_000;
const PLAIN = 'text/plain; charset=utf-8';
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: 'text/plain; version=0.0.4; charset=utf-8',
};

/** OpenMetrics for who names it and likes nothing else better. */
export function formatOf({ headers }: IncomingMessage): Format {
  let best: { readonly format: Format; readonly weight: number } = { format: 'text', weight: 0 };
  for (const part of (headers.accept ?? '').split(',').slice(0, 20)) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = q === undefined ? 1 : Number(q) || 0;
    const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice(8);
    const isOpen = type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0');
    const isText = type === 'text/plain' || type === 'text/*' || type === '*/*';
    if ((isOpen || isText) && weight > best.weight) best = { format: isOpen ? 'openmetrics' : 'text', weight };
  }
  return best.format;
}

export function say(response: ServerResponse, status: number, sentence: string): void {
  send(response, status, `${sentence}\n`);
}

export function send(response: ServerResponse, status: number, text: string, contentType = PLAIN): void {
  if (response.headersSent || response.destroyed) return;
  // Who takes nothing of the answer is let go of: a socket whose time is over ends where nobody listens for that.
  response.socket?.setTimeout(SLOW_MS);
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
