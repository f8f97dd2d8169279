import type { Direction } from '../base/model.js';

export const CONTRACT_SCHEMA = 'wsprobe.contract/1';

export const JSON_TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** As many elements of an array are looked at. */
export const MAX_ITEMS = 1_000;

/** What stands in one place of a type of message. */
export interface Shape {
  /** Types that were seen, `number` for one with a fraction. Empty: anything, for it was nested too deep to be followed. */
  readonly types: readonly JsonType[];
  /** How often it was seen. */
  readonly count: number;
  /** All texts that were seen, where they were few and short and came again and again. */
  readonly values?: readonly string[];
  /** What is new in each message by its name or its form. */
  readonly changing?: 'id' | 'time' | 'sequence';
  /** Of numbers, as they were seen. */
  readonly min?: number;
  readonly max?: number;
  /** Of an object, by name. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** Of an object whose names are data, or that has more of them than are kept: what any of them holds. */
  readonly others?: Shape;
  /** Of an array: its elements in common, or one by one where the whole message is an array. */
  readonly items?: Shape;
  readonly elements?: readonly Shape[];
}

/** A member of an object. */
export interface Field extends Shape {
  /** False: it was not always there. */
  readonly required: boolean;
}

/** One type of message in one direction. */
export interface ContractType {
  readonly direction: Direction;
  /** What the message calls itself, or its form. */
  readonly name: string;
  /** JSON path of what says so; null: nothing does. */
  readonly path: string | null;
  readonly count: number;
  readonly shape: Shape;
}

/** What messages there are and what they hold, as recordings showed it (`wsprobe.contract/1`). */
export interface Contract {
  readonly schema: typeof CONTRACT_SCHEMA;
  readonly messages: number;
  /** Messages of types beyond the 500 that are kept. */
  readonly leftOut: number;
  /** Members found to tell types apart where none of the usual names did, by direction. */
  readonly discriminators: Readonly<Partial<Record<Direction, string>>>;
  readonly types: readonly ContractType[];
}

/** A number far outside of what was seen departs: further than the range is wide. Null: nothing is known of it. */
export function boundsOf({ changing, count, max, min }: Shape): { readonly min: number; readonly max: number } | null {
  if (min === undefined || max === undefined || changing !== undefined || count < MIN_FOR_RANGE) return null;
  const width = Math.max(max - min, Math.abs(max), Math.abs(min));
  return { min: min >= 0 ? Math.max(0, min - width) : min - width, max: max + width };
}

/** So often a number must have been seen before its range says anything. */
const MIN_FOR_RANGE = 20;
