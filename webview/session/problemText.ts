import { RemoteError } from '../../src/protocol/channel.js';

/** What went wrong, in words, with the next step where one is known. */
export function problemText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof RemoteError && error.hint ? `${message} ${error.hint}` : message;
}
