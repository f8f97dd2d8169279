import type { HeaderPair } from '../base/model.js';

/** A request head as it came, with what routing needs. `headers` keep their order and case. */
export interface PlaygroundRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: readonly HeaderPair[];
}

export type HeadRead =
  | { readonly state: 'more' }
  | { readonly state: 'head'; readonly request: PlaygroundRequest; readonly rest: Buffer }
  | { readonly state: 'refused'; readonly status: 400 | 431; readonly rest: Buffer };

const MAX_HEAD_BYTES = 65_536;
const HEAD_END = Buffer.from('\r\n\r\n');
// A TLS ClientHello never brings an empty line: what cannot become a request is refused by its first bytes.
const METHOD_START = /^(?:[A-Za-z-]{0,20}|[A-Za-z-]{1,20} .*)$/s;
const REQUEST_LINE = /^([A-Za-z-]{1,20}) (\S+) HTTP\/(\d\.\d)$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/** Reads one request head (RFC 9112 3) from any split of the bytes; at most 64 KiB. */
export class RequestHeadReader {
  #bytes: Buffer = Buffer.alloc(0);
  #searched = 0;

  push(chunk: Uint8Array): HeadRead {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk]);
    const end = this.#bytes.indexOf(HEAD_END, Math.max(0, this.#searched - HEAD_END.length));
    this.#searched = this.#bytes.length;
    if (end === -1) {
      if (!METHOD_START.test(this.#bytes.toString('latin1', 0, 21))) return this.#refuse(400);
      return this.#bytes.length > MAX_HEAD_BYTES ? this.#refuse(431) : { state: 'more' };
    }
    if (end > MAX_HEAD_BYTES) return this.#refuse(431);
    const request = parseRequest(this.#bytes.toString('latin1', 0, end));
    const rest = this.#bytes.subarray(end + HEAD_END.length);
    return request === null ? this.#refuse(400) : { state: 'head', request, rest };
  }

  #refuse(status: 400 | 431): HeadRead {
    return { state: 'refused', status, rest: Buffer.alloc(0) };
  }
}

function parseRequest(head: string): PlaygroundRequest | null {
  const [requestLine = '', ...lines] = head.split('\r\n');
  const [, method, target, httpVersion] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined || httpVersion === undefined) return null;
  const headers: HeaderPair[] = [];
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    headers.push([name, value]);
  }
  const url = parseTarget(target);
  if (url === null) return null;
  return { method, target, httpVersion, path: url.pathname, query: url.searchParams, headers };
}

function parseTarget(target: string): URL | null {
  const absolute = /^[a-z]+:\/\//i.test(target)
    ? target
    : `http://playground${target.startsWith('/') ? '' : '/'}${target}`;
  return URL.canParse(absolute) ? new URL(absolute) : null;
}

/** The values of a header joined as RFC 9110 5.3 allows; null when it is absent. Names compare without case. */
export function headerOf(request: PlaygroundRequest, name: string): string | null {
  const values = request.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

/** The tokens of a list header, in order, without empty ones. */
export function tokensOf(request: PlaygroundRequest, name: string): string[] {
  return (headerOf(request, name) ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}
