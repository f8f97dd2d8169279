import { selectJson } from '../base/jsonPath.js';

/** Longer messages are not looked into. */
const MAX_BYTES = 1_048_576;
const MAX_NUMBERS = 200_000;

interface Message {
  readonly bytes: Uint8Array;
}

/** The first value that a path selects in a message; undefined where there is none, or the message is no JSON. */
export function valueAt(path: string, { bytes }: Message): unknown {
  if (bytes.length > MAX_BYTES) return undefined;
  try {
    return selectJson(path, JSON.parse(Buffer.from(bytes).toString()))[0];
  } catch {
    return undefined;
  }
}

/** The whole number that a path selects in a message; null where it has none. */
export function numberAt(path: string, message: Message): number | null {
  return wholeNumber(valueAt(path, message));
}

/** The whole numbers that a path selects in the messages of a connection, in the order in which they came, bounded. */
export class MessageNumbers {
  readonly values: number[] = [];
  /** Messages without a number at the path. */
  without = 0;
  /** There were more than are kept. */
  isFull = false;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The number of the message; null where it has none. */
  take(message: Message): number | null {
    const number = numberAt(this.#path, message);
    if (number === null) this.without += 1;
    else if (this.values.length < MAX_NUMBERS) this.values.push(number);
    else this.isFull = true;
    return number;
  }
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}
