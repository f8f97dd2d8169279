import { usageError } from '../usage.js';
import type { ScreenKind } from './screen.js';
import type { ConnectValues } from './connectOptions.js';

/** Where a conversation takes place, as far as options depend on it. */
export interface Surroundings {
  readonly kind: ScreenKind;
  /** A person types. */
  readonly prompts: boolean;
  /** Messages are parted out of a pipe or a file. */
  readonly parts: boolean;
}

type Rule = readonly [option: keyof ConnectValues, hasEffect: (where: Surroundings) => boolean, wants: string];

const RULES: readonly Rule[] = [
  ['timestamps', ({ kind }) => kind === 'transcript', 'a terminal: --json has every time, a pipe holds messages alone'],
  ['no-control', ({ kind }) => kind !== 'plain', 'a terminal or --json: a pipe holds messages alone'],
  ['labels', ({ kind }) => kind !== 'plain', 'a terminal or --json: a pipe holds messages alone'],
  ['decode', ({ kind }) => kind !== 'plain', 'a terminal or --json: a pipe holds messages as they came'],
  ['pretty', ({ kind }) => kind !== 'json', 'messages, and --json has an object a line'],
  [
    'raw',
    ({ kind }) => kind === 'plain',
    'a pipe or a file: what a terminal shows is made visible, --json is one a line',
  ],
  ['lines', ({ parts }) => parts, 'a pipe or --file to read from'],
  ['whole', ({ parts }) => parts, 'a pipe or --file to read from'],
  ['null', ({ kind, parts }) => parts || kind === 'plain', 'a pipe or --file'],
  ['wait', ({ prompts }) => !prompts, 'a pipe, --send or --file: a prompt waits for the person'],
];

/** No option is ignored in silence: throws a usage error for one that would change nothing. */
export function checkEffects(values: ConnectValues, where: Surroundings): void {
  for (const [option, hasEffect, wants] of RULES) {
    if (values[option] !== undefined && !hasEffect(where)) throw usageError(`--${option} wants ${wants}`);
  }
  if (values.binary === true && !where.parts && values.send === undefined)
    throw usageError('--binary wants a pipe, --send or --file: at the prompt there are /hex and /base64');
}
