import { lookup } from 'node:dns';
import { Agent as HttpAgent, type ClientRequest, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { isGuardedAddress, isGuardedHost } from '../../base/addressGuard.js';
import { quoteText } from '../../base/plainText.js';
import { GUARDED, guardedLookup } from '../../transport/guardedLookup.js';

export interface CollectorOptions {
  readonly url: URL;
  /** Sent with every request; values are secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly allowLinkLocal?: boolean;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** Where traces are sent: the address of a collector as it is given, to that of its traces; a sentence for what is none. */
export function tracesUrl(text: string): URL | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is no address: http://127.0.0.1:4318';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with http:// or https://';
  if (url.username !== '' || url.password !== '')
    return 'must hold no user or password: set OTEL_EXPORTER_OTLP_HEADERS';
  if (url.hash !== '') return 'must have no fragment';
  if (!/\/v1\/traces\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url;
}

/** One collector, spoken to by OTLP/HTTP in JSON, one request at a time over one connection. No redirect is followed. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #agent: HttpAgent;
  #asked: ClientRequest | null = null;

  constructor(options: CollectorOptions) {
    this.#options = options;
    const agents = { keepAlive: true, maxSockets: 1 };
    this.#agent = options.url.protocol === 'https:' ? new HttpsAgent(agents) : new HttpAgent(agents);
  }

  /** Null when it took everything; else what kept it from it, in words without an end. Never rejects. */
  post(body: string): Promise<string | null> {
    const { allowLinkLocal = false, headers = {}, timeoutMs = TIMEOUT_MS, url } = this.#options;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!allowLinkLocal && (isIP(host) === 0 ? isGuardedHost(host) : isGuardedAddress(host)))
      return Promise.resolve(GUARDED);
    return new Promise((resolve) => {
      const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const asked = ask(url, {
        method: 'POST',
        agent: this.#agent,
        lookup: allowLinkLocal ? lookup : guardedLookup,
        headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      });
      this.#asked = asked;
      const timer = setTimeout(() => end(`no answer within ${timeoutMs} ms`), timeoutMs);
      const end = (reason: string | null) => {
        clearTimeout(timer);
        resolve(reason);
        if (reason !== null) asked.destroy();
      };
      asked.on('error', (error) => end('code' in error ? String(error.code) : error.message));
      asked.on('socket', (socket) => {
        const check = () => {
          if (!allowLinkLocal && isGuardedAddress(socket.remoteAddress ?? '')) end(GUARDED);
        };
        if (socket.connecting) socket.once('connect', check);
        else check();
      });
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) end('its answer is longer than 64 KiB');
          else chunks.push(chunk);
        });
        response.on('error', (error) => end(error.message));
        response.on('end', () => end(judge(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
      });
      asked.end(body);
    });
  }

  /** Ends what is under way. */
  close(): void {
    this.#asked?.destroy();
    this.#agent.destroy();
  }
}

function judge(status: number, text: string): string | null {
  if (status < 200 || status > 299) {
    const said = quoteText(messageOf(text), 200);
    return `it answered ${status}${said === '' ? '' : ` (${said})`}`;
  }
  return partialFailure(text);
}

/** A collector may take a request and reject some of its spans. */
function partialFailure(text: string): string | null {
  const partial = fieldOf(parsed(text), 'partialSuccess');
  const rejected = Number(fieldOf(partial, 'rejectedSpans') ?? 0);
  if (!(rejected > 0)) return null;
  const said = fieldOf(partial, 'errorMessage');
  return `it rejected ${rejected} spans${typeof said === 'string' && said !== '' ? ` (${quoteText(said, 200)})` : ''}`;
}

/** Of a `google.rpc.Status`. */
function messageOf(text: string): string {
  const said = fieldOf(parsed(text), 'message');
  return typeof said === 'string' ? said : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
