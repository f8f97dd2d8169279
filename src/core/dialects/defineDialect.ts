import { type DialectName, dialectOfSubprotocol } from '../base/dialectNames.js';
import { parseUrl } from '../base/url.js';
import { type ClosingSpec, closingTable } from '../close/closeCode.js';
import { unreadable } from './decoded.js';
import type {
  Decoded,
  Dialect,
  DialectDecoder,
  DialectMessage,
  DialectSigns,
  PacketForm,
  ReadableDialect,
} from './dialect.js';

/** What one dialect adds to the common frame. Aliases and subprotocol tokens stand with its name in `base/dialectNames`. */
export interface DialectSpec {
  readonly name: DialectName;
  readonly title: string;
  readonly closing?: ClosingSpec;
  readonly stateful?: boolean;
  readonly heartbeat?: { readonly ping: string; readonly pong: string };
  readonly packets?: PacketForm;
  /** How a text, or a binary message as latin1, begins by which a client takes leave. */
  readonly leave?: RegExp;
  /** The host of a service: nobody else answers there. */
  readonly host?: RegExp;
  /** Path (without slashes at its end) and query by which its servers are commonly reached. */
  readonly isUrl?: (path: string, query: URLSearchParams) => boolean;
  /** 0 to 1, from the first text that the server sent. */
  readonly recogniseGreeting?: (text: string) => number;
  /** 0 to 1, from whole messages: plain JSON chat must stay below 0.5. */
  readonly recogniseMessages?: (messages: readonly DialectMessage[]) => number;
  readonly createDecoder?: () => Promise<DialectDecoder>;
}

const MAX_LEAVE_BYTES = 16;

/** Of one's own, where the messages do not say otherwise. */
const HOST = 0.97;
const OFFERED = 0.87;
const PATH = 0.85;

/** A dialect whose recognition weighs subprotocol, URL and messages, in this order, and whose decoder never throws. */
export function defineDialect(
  spec: DialectSpec & { readonly createDecoder: () => Promise<DialectDecoder> },
): ReadableDialect;
export function defineDialect(spec: DialectSpec): Dialect;
export function defineDialect(spec: DialectSpec): Dialect {
  const { name, title, closing, stateful = false, heartbeat = null, packets = null, leave, createDecoder } = spec;
  return {
    name,
    title,
    closing: closing ? closingTable(name, title, closing) : null,
    stateful,
    heartbeat,
    packets,
    takesLeave: ({ bytes }) => leave?.test(Buffer.from(bytes.subarray(0, MAX_LEAVE_BYTES)).toString('latin1')) ?? false,
    recognise: (signs) => recognise(spec, signs),
    createDecoder: createDecoder ? async () => neverThrowing(await createDecoder()) : null,
  };
}

function recognise(spec: DialectSpec, signs: DialectSigns): number {
  const { subprotocol, offered, url, messages, greeting } = signs;
  if (subprotocol !== null && dialectOfSubprotocol(subprotocol) === spec.name) return 1;
  const meant = subprotocol === null ? firstKnown(offered) : null;
  return Math.max(
    meant === spec.name ? OFFERED : 0,
    scoreUrl(spec, url),
    greeting === null ? 0 : (spec.recogniseGreeting?.(greeting) ?? 0),
    messages.length === 0 ? 0 : guarded(() => spec.recogniseMessages?.(messages) ?? 0, 0),
  );
}

function firstKnown(tokens: readonly string[]): DialectName | null {
  for (const token of tokens) {
    const name = dialectOfSubprotocol(token);
    if (name !== null) return name;
  }
  return null;
}

function scoreUrl({ host, isUrl }: DialectSpec, text: string): number {
  const url = host || isUrl ? parsed(text) : null;
  if (!url) return 0;
  if (host?.test(url.hostname)) return HOST;
  return isUrl?.(url.pathname.replace(/\/+$/, ''), url.searchParams) ? PATH : 0;
}

let latest: { readonly text: string; readonly url: URL | null } | null = null;

/** Every dialect looks at the same URL in turn: it is parsed once. */
function parsed(text: string): URL | null {
  if (latest?.text !== text) latest = { text, url: parseUrl(text) };
  return latest.url;
}

function neverThrowing(decoder: DialectDecoder): DialectDecoder {
  const decode = (message: DialectMessage) =>
    guarded((): readonly Decoded[] => decoder.decode(message), null) ?? [lost(message)];
  if (!decoder.fork) return { decode };
  return {
    decode,
    fork: () => {
      const fork = decoder.fork?.() ?? null;
      return fork && neverThrowing(fork);
    },
  };
}

function lost(message: DialectMessage): Decoded {
  return unreadable(`${message.bytes.length} bytes`, 'could not be read');
}

function guarded<T, F>(run: () => T, otherwise: F): T | F {
  try {
    return run();
  } catch {
    return otherwise;
  }
}
