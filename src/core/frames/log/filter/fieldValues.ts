import type { RowKind } from '../../../base/logRow.js';
import { findField, ROW_FLAGS, ROW_KINDS } from './fields.js';
import type { FilterNode, NumberField, RowFlag } from './filterNode.js';

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
};
const TIME_UNITS: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** The node of `name:value`, or what is wrong with it; an unknown name ('') has been told of already. */
export function parseField(name: string, value: string): FilterNode | string {
  if (findField(name) === undefined) return '';
  const words = value.toLowerCase().split(',');
  switch (name) {
    case 'dir':
      return parseDirection(words);
    case 'kind':
      return words.every(isKind) ? { type: 'kind', kinds: words } : `Kinds are ${ROW_KINDS.join(', ')}.`;
    case 'is':
      return parseFlags(words);
    case 'op': {
      const opcodes = words.map((word) => (/^(?:0x[0-9a-f]|\d{1,2})$/.test(word) ? Number(word) : Number.NaN));
      return opcodes.every((opcode) => opcode <= 15)
        ? { type: 'opcode', opcodes }
        : 'An opcode is a number from 0x0 to 0xf.';
    }
    default:
      return words.every((word) => /^[1-9]\d{0,9}$/.test(word))
        ? { type: 'connection', connections: words.map(Number) }
        : 'A connection is a number from 1.';
  }
}

/** Bytes or milliseconds, or what is wrong with the text. */
export function parseNumber(field: NumberField, text: string): number | string {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const units = field === 'time' ? TIME_UNITS : field === 'frames' ? { '': 1 } : BYTE_UNITS;
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase() as ''] : undefined;
  if (digits !== undefined && factor !== undefined) return Number(digits) * factor;
  if (field === 'time') return 'A time is a number with ms, s, m or h; seconds without.';
  return field === 'frames' ? 'This is compared with a number.' : 'A size is a number of bytes, with k or m for more.';
}

function parseDirection(words: readonly string[]): FilterNode | string {
  const directions = words.map((word) => {
    if (word === 'out' || word === 'sent') return true;
    return word === 'in' || word === 'received' ? false : null;
  });
  if (directions.includes(null)) return 'A direction is in or out.';
  const nodes = directions.map((sent): FilterNode => ({ type: 'direction', sent: sent === true }));
  return nodes.length === 1 ? nodes[0]! : { type: 'or', nodes };
}

function parseFlags(words: readonly string[]): FilterNode | string {
  const flags: readonly string[] = [...ROW_FLAGS, 'marked'];
  if (!words.every((word) => flags.includes(word))) return `A row can be ${flags.join(', ')}.`;
  const nodes = words.map((word): FilterNode => ({ type: 'flag', flag: word as RowFlag }));
  return nodes.length === 1 ? nodes[0]! : { type: 'or', nodes };
}

function isKind(word: string): word is RowKind {
  return (ROW_KINDS as readonly string[]).includes(word);
}
