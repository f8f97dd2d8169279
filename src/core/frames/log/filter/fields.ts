import type { RowKind } from '../../../base/logRow.js';

export interface FilterField {
  readonly name: string;
  /** What stands between name and value: `:` or a comparison. */
  readonly takes: 'values' | 'comparison';
  readonly values: readonly string[];
  readonly detail: string;
}

export const ROW_KINDS: readonly RowKind[] = [
  'text',
  'binary',
  'continuation',
  'close',
  'ping',
  'pong',
  'reserved',
  'event',
];

export const ROW_FLAGS = ['compressed', 'fragmented', 'dropped', 'truncated', 'masked'] as const;

/** Every field of the filter language, for the parser and for completion. */
export const FIELDS: readonly FilterField[] = [
  { name: 'dir', takes: 'values', values: ['in', 'out', 'received', 'sent'], detail: 'Direction' },
  { name: 'kind', takes: 'values', values: ROW_KINDS, detail: 'What the row is' },
  { name: 'op', takes: 'values', values: ['0x0', '0x1', '0x2', '0x8', '0x9', '0xa'], detail: 'Opcode' },
  { name: 'conn', takes: 'values', values: ['1'], detail: 'Which connection, from 1' },
  { name: 'is', takes: 'values', values: [...ROW_FLAGS, 'marked'], detail: 'A property of the row' },
  { name: 'case', takes: 'values', values: ['on', 'off'], detail: 'Whether text is matched by its case' },
  { name: 'size', takes: 'comparison', values: ['>1k', '<100', '>=1m'], detail: 'Payload bytes, inflated' },
  { name: 'wire', takes: 'comparison', values: ['>1k', '<100'], detail: 'Bytes on the wire' },
  { name: 'time', takes: 'comparison', values: ['>10s', '<500ms'], detail: 'Time since the session began' },
  { name: 'frames', takes: 'comparison', values: ['>1'], detail: 'Frames that make the message' },
];

export function findField(name: string): FilterField | undefined {
  const lower = name.toLowerCase();
  return FIELDS.find((field) => field.name === lower);
}
