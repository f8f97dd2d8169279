import type { OutgoingMessage } from '../../src/protocol/session.js';

/** Going through what was sent before: `at` is 0 for the newest, -1 for what is being written. */
export interface HistoryPlace {
  readonly at: number;
  readonly written: OutgoingMessage | null;
}

export const PRESENT: HistoryPlace = { at: -1, written: null };

/** One step back (`1`) or forth (`-1`); null when there is nowhere to go. What was being written is kept. */
export function stepHistory(
  place: HistoryPlace,
  step: 1 | -1,
  sent: readonly OutgoingMessage[],
  draft: OutgoingMessage,
): { readonly place: HistoryPlace; readonly draft: OutgoingMessage } | null {
  const at = place.at + step;
  if (at === -1 && place.written) return { place: PRESENT, draft: place.written };
  const message = sent[at];
  if (!message) return null;
  return { place: { at, written: place.at === -1 ? draft : place.written }, draft: message };
}

/** True where an arrow key would leave the text: in its first line, or in its last. */
export function isAtEdge(text: string, cursor: number, key: 'ArrowUp' | 'ArrowDown'): boolean {
  return key === 'ArrowUp' ? !text.slice(0, cursor).includes('\n') : !text.slice(cursor).includes('\n');
}
