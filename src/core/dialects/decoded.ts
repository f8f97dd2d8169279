import { plainText } from '../base/plainText.js';
import type { Decoded } from './dialect.js';

const MAX_LABEL = 120;

type LabelPart = string | number | null | undefined | false;

/** What a dialect says of a message. `value` is called when somebody looks at it, which for most messages is never. */
export interface Draft {
  readonly label: string | readonly LabelPart[];
  readonly role: Decoded['role'];
  readonly correlation?: string | null;
  readonly operation?: string | null;
  readonly problem?: string | null;
  readonly value?: (() => unknown) | null;
}

/** The record for the log: a label of one safe line, a value that is built on demand. */
export function decoded(draft: Draft): Decoded {
  const { label, role, correlation = null, operation = null, problem, value } = draft;
  const said = {
    label: line(typeof label === 'string' ? label : label.filter(Boolean).join(' ')),
    role,
    correlation,
    operation,
  };
  const judged = problem ? { ...said, problem } : said;
  if (!value) return judged;
  return {
    ...judged,
    get value() {
      return value();
    },
  };
}

/** A message that is not of this dialect, or broken: what could be read of it, and why it ends there. */
export function unreadable(text: string, problem: string): Decoded {
  return decoded({ label: text, role: 'error', problem });
}

/** The same without its value, for a message of which only a part was read; `problem` where it has none yet. */
export function valueless(one: Decoded, problem: string | null = null): Decoded {
  const { label, role, correlation, operation } = one;
  return decoded({ label, role, correlation, operation, problem: one.problem ?? problem });
}

/** Says that a message carries more than is read of it: `rest` in its own units ("12 bytes"). */
export function tooMany(rest: string, what: string): Decoded {
  return decoded({
    label: `… ${rest} more`,
    role: 'event',
    problem: `too many ${what} in one message: the rest is not read`,
  });
}

/** `#id` for a label; long ids are cut. */
export function hash(id: string | null | undefined): string | null {
  if (id === null || id === undefined || id === '') return null;
  const bare = id.startsWith('#') ? id : `#${id}`;
  return bare.length > 40 ? `${bare.slice(0, 39)}…` : bare;
}

/** `[2 args]` for a label. */
export function counted(count: number, unit: string): string {
  return `[${count} ${unit}${count === 1 ? '' : 's'}]`;
}

const printable = /^[\x20-\x7e]*$/;

/** Most labels are short ASCII: those skip the slow way. */
function line(text: string): string {
  const safe = text.length <= MAX_LABEL && printable.test(text) ? text : plainText(text, MAX_LABEL);
  return safe || '(nothing printable)';
}
