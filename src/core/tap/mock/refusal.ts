import type { RecordingHeader } from '../../record/recording.js';

/** Headers of a refusal that say something to a client, and nothing about its connection. */
const TELLING: ReadonlySet<string> = new Set([
  'content-type',
  'location',
  'retry-after',
  'server',
  'www-authenticate',
  'x-request-id',
]);

/** A refused upgrade as it is said again, without the body, which no recording holds; null: it was not refused. */
export function refusalOf(
  response: RecordingHeader['response'],
): { readonly status: number; readonly text: string } | null {
  if (response === null || response.status === 101 || response.status === 200) return null;
  const { headers, reason, status } = response;
  if (!Number.isInteger(status) || status < 300 || status > 599) return null;
  const lines = headers
    .filter(([name, value]) => TELLING.has(name.toLowerCase()) && !hasBreak(value))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `HTTP/1.1 ${status} ${hasBreak(reason) ? '' : reason}\r\n${lines.join('')}Connection: close\r\nContent-Length: 0\r\n\r\n`;
  return { status, text };
}

function hasBreak(text: string): boolean {
  return /[^\t\u0020-\u007e\u0080-\u00ff]/.test(text);
}
