import type { NumberedMessages } from '../base/sample.js';

export function lostText(lost: number): string {
  return `${lost} numbered message${lost === 1 ? '' : 's'} never came`;
}

/** What is known of lost messages, in a sentence; never more than their numbers say. */
export function sequenceText(sequence: NumberedMessages | null): string {
  if (sequence === null) return 'whether any were lost is unknown: watch.sequence says where they are numbered';
  const { lost, numbered, repeated, unknown } = sequence;
  if (numbered === 0) return 'whether any were lost is unknown: none had a number';
  const anew =
    unknown === 0 ? '' : `; unknown at ${unknown} ${unknown === 1 ? 'place' : 'places'}, where the count began anew`;
  return `${lost} lost, ${repeated} repeated, ${numbered} numbered${anew}`;
}
