import type { matchMessage, ReceivedMessage } from '../../core/payload/match.js';
import { formatLimit } from '../../core/text/durations.js';
import { plainText } from '../../core/base/plainText.js';
import { usageError } from '../usage.js';
import type { ConnectSettings, Until } from './settings.js';

/** A text, or a regular expression between slashes. Throws a usage error. */
export function untilOf(written: string): Until {
  const source = /^\/(.+)\/$/s.exec(written)?.[1];
  if (written === '') throw usageError('--until wants a text, or an expression between slashes');
  if (source === undefined) return { written, match: Buffer.from(written) };
  try {
    RegExp(source);
  } catch (error) {
    throw usageError(`--until: ${plainText((error as Error).message, 200)}`);
  }
  return { written, match: { matches: source } };
}

type Matches = typeof matchMessage;

/** What an expression of --until is judged by; null where there is none. */
export async function loadMatches({ until }: Pick<ConnectSettings, 'until'>): Promise<Matches | null> {
  if (until === null || Buffer.isBuffer(until.match)) return null;
  return (await import('../../core/payload/match.js')).matchMessage;
}

/** When enough was received: --once, --max and --until. */
export class Limits {
  readonly #settings: Pick<ConnectSettings, 'maxMessages' | 'until' | 'waitMs'>;
  readonly #matches: Matches | null;
  #received = 0;
  #isMatched = false;

  constructor(settings: Pick<ConnectSettings, 'maxMessages' | 'until' | 'waitMs'>, matches: Matches | null) {
    this.#settings = settings;
    this.#matches = matches;
  }

  /** No message more is wanted. */
  get isFull(): boolean {
    const { maxMessages } = this.#settings;
    return maxMessages !== null && this.#received >= maxMessages;
  }

  get isReached(): boolean {
    return this.isFull || this.#isMatched;
  }

  count(): void {
    this.#received += 1;
  }

  judge(message: ReceivedMessage): void {
    const { until } = this.#settings;
    if (until === null || this.#isMatched) return;
    const { match } = until;
    this.#isMatched = Buffer.isBuffer(match)
      ? Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength).includes(match)
      : this.#matches?.(match, message).matched === true;
  }

  /** What was asked for and did not come, in a sentence; null when all came. */
  missing(isTimeUp: boolean): string | null {
    const { maxMessages, until, waitMs } = this.#settings;
    const within = isTimeUp ? ` within ${formatLimit(waitMs)}` : '';
    if (until !== null && !this.#isMatched)
      return `No message matched --until ${plainText(until.written, 100)}${within}.`;
    if (until !== null || maxMessages === null || this.isFull) return null;
    return maxMessages === 1
      ? `No message${within || ' came'}.`
      : `${this.#received} of ${maxMessages} messages came${within}.`;
  }
}
