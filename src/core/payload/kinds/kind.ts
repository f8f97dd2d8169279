import { ProbeError } from '../../base/errors.js';
import type { FillContext } from '../fill.js';

export interface PayloadContext extends FillContext {
  /** Where relative paths start; null refuses them. */
  readonly baseDir: string | null;
  /** Ends the wait for a file. */
  readonly signal?: AbortSignal | undefined;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
}

export interface EncodedPayload {
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** The bytes before they were compressed: what is searched for secrets. Absent: they were not. */
  readonly plain?: Uint8Array;
}

/** Makes the bytes of one kind of payload; what it is given has passed the profile's checks, its variables not filled in. */
export type PayloadEncoder = (value: never, context: PayloadContext) => EncodedPayload | Promise<EncodedPayload>;

export function textPayload(text: string): EncodedPayload {
  return { binary: false, bytes: new Uint8Array(Buffer.from(text)) };
}

/** A value that its kind has no bytes for. */
export function unencodable(kind: string, why: string, cause?: unknown): ProbeError {
  return new ProbeError('payload-encoding', `The ${kind} payload ${why}`, cause === undefined ? {} : { cause });
}

/** Runs a library, whose words are told as those of the payload. */
export function byLibrary<T>(kind: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
    throw unencodable(kind, `cannot be encoded: ${why.replace(/\.$/, '')}.`, error);
  }
}
