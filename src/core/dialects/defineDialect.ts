import { dialectOf } from '../close/dialects.js';
import { unreadable } from './decoded.js';
import type { Decoded, Dialect, DialectDecoder, DialectHints, DialectMessage } from './dialect.js';

/** What one dialect adds to the common frame. */
export interface DialectSpec {
  readonly name: string;
  readonly title: string;
  /** Names of `core/close` (subprotocol tokens and URLs are known there) that are spoken by this decoder too. */
  readonly also?: readonly string[];
  /** 0 to 1, from the URL alone, where `core/close` does not know it. */
  readonly recogniseUrl?: (url: string) => number;
  /** 0 to 1, from the first messages: plain JSON chat must stay below 0.5. */
  readonly recogniseMessages: (messages: readonly DialectMessage[]) => number;
  readonly createDecoder: () => Promise<DialectDecoder> | DialectDecoder;
}

const FIRST_MESSAGES = 16;
const FIRST_BYTES = 65_536;

/** A dialect whose recognition weighs subprotocol, URL and messages, in this order, and whose decoder never throws. */
export function defineDialect(spec: DialectSpec): Dialect {
  const names = [spec.name, ...(spec.also ?? [])];
  return {
    name: spec.name,
    title: spec.title,
    recognise: (hints) => recognise(spec, names, hints),
    createDecoder: async () => neverThrowing(await spec.createDecoder()),
  };
}

function recognise(
  spec: DialectSpec,
  names: readonly string[],
  { subprotocol, url, firstMessages }: DialectHints,
): number {
  const byToken = subprotocol ? dialectOf({ subprotocol }) : null;
  if (byToken !== null && names.includes(byToken)) return 1;
  const byUrl = dialectOf({ url });
  const read = firstMessages.filter((message) => message.bytes.length <= FIRST_BYTES).slice(0, FIRST_MESSAGES);
  return Math.max(
    byUrl !== null && names.includes(byUrl) ? 0.85 : 0,
    spec.recogniseUrl?.(url) ?? 0,
    guarded(() => spec.recogniseMessages(read), 0),
  );
}

function neverThrowing(decoder: DialectDecoder): DialectDecoder {
  return {
    decode: (message) => guarded((): readonly Decoded[] => decoder.decode(message), null) ?? [lost(message)],
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
