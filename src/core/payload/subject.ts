/** A message as it was received. */
export interface ReceivedMessage {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

const MAX_INPUT_BYTES = 1024 * 1024;

/** Why a message is not judged at all, which is no fault of the match. */
export class UnfitMessage extends Error {}

/** What a match looks at: a message as it came, or one value that was made of it. */
export interface Subject {
  readonly binary: boolean;
  /** Null where there are none: a decoded value. */
  readonly bytes: Uint8Array | null;
  /** Null where it is no text. Throws where it is too long to be searched, unless it is only compared. */
  text(isCompared?: boolean): string | null;
  /** Undefined where it is no JSON. */
  json(): unknown;
}

export function messageSubject({ binary, bytes }: ReceivedMessage): Subject {
  let text: string | null = null;
  let json: { readonly value: unknown } | null = null;
  const read = (isCompared = false): string | null => {
    if (binary) return null;
    if (bytes.length > MAX_INPUT_BYTES && !isCompared) {
      throw new UnfitMessage(`a message of ${bytes.length} bytes, too long to search (1 MiB)`);
    }
    return (text ??= new TextDecoder().decode(bytes));
  };
  return { binary, bytes, text: read, json: () => (json ??= { value: parsed(read()) }).value };
}

/** A value of a decoder. */
export function valueSubject(value: unknown, binary: boolean): Subject {
  return {
    binary,
    bytes: null,
    text: () => (typeof value === 'string' ? value : JSON.stringify(value)),
    json: () => value,
  };
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
