import type { Dialect, DialectMessage, DialectSigns, ReadableDialect } from './dialect.js';
import { utf8 } from './messageText.js';
import { DIALECTS, findDialect, isReadable, READABLE_DIALECTS } from './registry.js';

/** Below this nothing is claimed: a wrong dialect misleads more than none. */
const RECOGNITION_THRESHOLD = 0.5;
/** From here on nothing that follows can say otherwise. */
const CERTAIN = 0.9;
const GREETING_BYTES = 512;

/** What is known of a connection, and what its person wants. */
export interface DialectHints extends Omit<DialectSigns, 'greeting'> {
  /** `auto`, `none`, or a dialect's name: that decides. A name that is unknown is as good as `auto`. */
  readonly wanted: string;
  /** The beginning of the first message received; without it that of the first in `messages`. */
  readonly greeting?: string | null;
}

/** Which dialect is spoken, and which reads the messages. */
export interface DialectVerdict {
  /** The one that closes are explained by, and that is named. */
  readonly dialect: Dialect | null;
  /** The same where it has a decoder; else the one that the messages look like: JSON-RPC through a gateway. */
  readonly reader: ReadableDialect | null;
  /** Nothing that follows will say otherwise. */
  readonly certain: boolean;
}

const NO_DIALECT: DialectVerdict = { dialect: null, reader: null, certain: false };

/** What is said by a way of opening alone: a target that is watched opens in the same way for ever. */
const openings = new Map<string, DialectVerdict>();
const MAX_OPENINGS = 256;

/** The one judge of the dialect: the person's word first, then what scores best of subprotocol, URL and messages. */
export function judgeDialect(hints: DialectHints): DialectVerdict {
  const { messages, greeting = null, offered, subprotocol, url, wanted } = hints;
  if (messages.length > 0 || greeting !== null) return judge(hints);
  const key = JSON.stringify([wanted, url, offered, subprotocol]);
  const known = openings.get(key) ?? judge(hints);
  if (openings.size >= MAX_OPENINGS) openings.clear();
  openings.set(key, known);
  return known;
}

function judge({ wanted, ...hints }: DialectHints): DialectVerdict {
  if (wanted === 'none') return { ...NO_DIALECT, certain: true };
  const { greeting = greetingOf(hints.messages) } = hints;
  const signs: DialectSigns = { ...hints, greeting };
  const named = wanted === 'auto' ? null : findDialect(wanted);
  const best = named ? { dialect: named, score: 1 } : bestOf(DIALECTS, signs);
  if (!best) return NO_DIALECT;
  const { dialect, score } = best;
  const reader = isReadable(dialect) ? dialect : (bestOf(READABLE_DIALECTS, signs)?.dialect ?? null);
  return { dialect, reader, certain: score >= CERTAIN };
}

/** The text by which a server greets, where the message is one of it; null when it is not. */
export function greetingText({ direction, binary, bytes }: DialectMessage): string | null {
  return direction === 'received' && !binary ? utf8(bytes.subarray(0, GREETING_BYTES)) : null;
}

function greetingOf(messages: readonly DialectMessage[]): string | null {
  const first = messages.find(({ direction }) => direction === 'received');
  return first ? greetingText(first) : null;
}

function bestOf<T extends Dialect>(
  dialects: readonly T[],
  signs: DialectSigns,
): { readonly dialect: T; readonly score: number } | null {
  let best: { readonly dialect: T; readonly score: number } | null = null;
  for (const dialect of dialects) {
    const score = dialect.recognise(signs);
    if (score >= RECOGNITION_THRESHOLD && (best === null || score > best.score)) best = { dialect, score };
  }
  return best;
}
