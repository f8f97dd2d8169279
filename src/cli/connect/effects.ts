import { type Effect, refuseIdle } from '../effects.js';
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

const EFFECTS: readonly Effect<ConnectValues, Surroundings>[] = [
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
  [
    'binary',
    ({ parts }, { send }) => parts || send !== undefined,
    'a pipe, --send or --file: at the prompt there are /hex and /base64',
  ],
];

export function checkEffects(values: ConnectValues, where: Surroundings): void {
  refuseIdle(values, EFFECTS, where);
}
