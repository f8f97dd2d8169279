import type { Difference, FrameRecord, StepResult } from '../base/model.js';
import { opcodeName } from './opcodes.js';

/** A step as a line says it: whose it is, what it does, in which rounds of its repeats. */
export function stepTitle({ client, name, rounds }: Pick<StepResult, 'client' | 'name' | 'rounds'>): string {
  const whose = client == null ? '' : `${client}: `;
  return `${whose}${name}${rounds === undefined ? '' : ` (round ${rounds.join('.')})`}`;
}

/** What two JSON values differ in, at one place. */
export function differenceText({ path, expected, actual }: Difference): string {
  if (expected === undefined) return `${path}: ${actual ?? ''} is not expected`;
  return actual === undefined ? `${path}: ${expected} is missing` : `${path}: expected ${expected}, got ${actual}`;
}

/** What stands beside the error of a failed step, each with its label. */
export function stepDetails(row: StepResult): readonly (readonly [label: string, text: string])[] {
  const { actual, differences = [], expected, line, passedOver = 0 } = row;
  const count = passedOver === 1 ? '1 message' : `${passedOver} messages`;
  return [
    ...(line === undefined ? [] : [['line', String(line)] as const]),
    ...(expected === undefined ? [] : [['expected', expected] as const]),
    ...(actual === undefined ? [] : [[passedOver > 0 ? 'nearest' : 'actual', actual] as const]),
    ...differences.map((difference) => ['differs', differenceText(difference)] as const),
    ...(expected === undefined || row.passedOver === undefined ? [] : [['passed', `${count} passed over`] as const]),
  ];
}

/** A frame around a failure, in one line; of a compressed message what it says. */
export function frameLine({ atMs, direction, inflated, opcode, payloadBytes, text }: FrameRecord): string {
  const arrow = direction === 'sent' ? '→' : '←';
  return `${atMs} ms ${arrow} ${opcodeName(opcode)} ${inflated?.text ?? text ?? `${payloadBytes} bytes`}`;
}
