import type { HeaderPair } from '../base/model.js';

/** A whole HTTP answer as data. Content-Length is added; the body is UTF-8. */
export interface CannedResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
}

export function formatHead(statusLine: string, headers: readonly HeaderPair[]): string {
  return `${statusLine}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
