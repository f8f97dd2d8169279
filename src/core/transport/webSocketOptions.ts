import type { ClientRequest } from 'node:http';
import type { ClientOptions } from 'ws';
import type { CompressionOptions, ProbePlan, RequestForm } from '../base/plan.js';
import type { HandshakeRequest } from './handshakeRequest.js';
import type { Duplex } from 'node:stream';

/** More than 65,536 response header bytes are refused by our own reader first. */
export const MAX_HEADER_BYTES = 65_536;
/** As many as Autobahn's cases 9.3 and 9.4 need. */
const MAX_FRAGMENTS = 131_072;
const MAX_CHUNKS = 1_048_576;

/** The typings lag behind ws 8.23. */
interface Options extends ClientOptions {
  readonly closeTimeout: number;
  readonly maxPendingAutoPongs: number;
}

/** `ws` with every limit set by us: pongs are ours to send, redirects ours to follow, the socket ours to open. */
export function webSocketOptions(
  plan: ProbePlan,
  request: HandshakeRequest,
  /** Takes the function that hands `ws` its stream once there is one. */
  onWaiting: (connected: (stream: Duplex) => void) => void,
): Options {
  return {
    createConnection: ((_options: unknown, done: (error: Error | null, stream: Duplex) => void) => {
      onWaiting((stream) => done(null, stream));
    }) as unknown as NonNullable<ClientOptions['createConnection']>,
    headers: request.headers as Record<string, string>,
    ...(plan.origin === null ? {} : { origin: plan.origin }),
    perMessageDeflate: deflateOptions(plan.compression),
    // `ws` coerces with |0: a larger number would turn negative or into "no limit".
    maxPayload: Math.min(Math.max(plan.limits.maxMessageBytes, 1), 0x7fffffff),
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    maxPendingAutoPongs: 0,
    autoPong: false,
    closeTimeout: plan.timeouts.closeMs,
    followRedirects: false,
    maxHeaderSize: MAX_HEADER_BYTES * 2,
    ...(plan.requestForm === undefined ? {} : { finishRequest: written(plan.requestForm) }),
  } as Options;
}

/** Writes the headers that `ws` has set in another form, and lets the request go. */
function written(form: RequestForm): (request: ClientRequest) => void {
  return (request) => {
    for (const name of request.getRawHeaderNames()) {
      const value = request.getHeader(name);
      request.removeHeader(name);
      if (value !== undefined && !(form === 'plain' && OF_UPGRADE.test(name)))
        request.setHeader(spelled(name, form), value);
    }
    request.end();
  };
}

const OF_UPGRADE = /^(upgrade|connection|sec-websocket-.*)$/i;

function spelled(name: string, form: RequestForm): string {
  if (form === 'plain') return name;
  const lower = name.toLowerCase();
  return form === 'lower-case' ? lower : lower.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase());
}

function deflateOptions(compression: boolean | CompressionOptions): ClientOptions['perMessageDeflate'] {
  if (typeof compression === 'boolean') return compression;
  const { clientMaxWindowBits, ...options } = compression;
  // To `ws`, leaving it out means "any", which is what `true` asks for.
  return typeof clientMaxWindowBits === 'number' ? { ...options, clientMaxWindowBits } : options;
}
