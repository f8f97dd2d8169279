import { normalise } from '../normalise.js';

/** A transcript without times, ports and dates. */
export function normaliseTalk(transcript: string): string {
  return normalise(transcript.replace(/^ *\+?\d+\.\d (?=[←→])/gm, '<since> '));
}
