import { FIELDS, findField } from './fields.js';

/** What can stand at a place of a filter: replaces `length` characters from `index`. */
export interface FilterCompletion {
  readonly text: string;
  readonly detail: string;
  readonly index: number;
  readonly length: number;
}

interface Choice {
  readonly text: string;
  readonly detail: string;
}

const WORDS: readonly Choice[] = [
  { text: 'marked', detail: 'Rows with a mark' },
  { text: 'not', detail: 'Everything but what follows' },
  { text: 'or', detail: 'Either side' },
  { text: '$.', detail: 'A JSON path, alone or compared: $.type == "error"' },
  { text: '/', detail: 'A regular expression: /err(or)?/i' },
];

/** What can be typed at the cursor: fields at the start of a word, values after a field's `:`. Nothing inside quotes. */
export function completeFilter(text: string, cursor: number): FilterCompletion[] {
  const before = text.slice(0, cursor);
  if (isInsideQuotes(before)) return [];
  const word = /[^\s()|]*$/.exec(before)![0].replace(/^-/, '');
  const index = cursor - word.length;
  const [, name = '', list] = /^([A-Za-z]+):(.*)$/.exec(word) ?? [];
  if (list === undefined) return starting(word, startChoices(), index);
  const field = findField(name);
  if (field === undefined || field.takes !== 'values') return [];
  const given = list.split(',');
  const typed = given.pop() ?? '';
  const choices = field.values
    .filter((value) => !given.includes(value))
    .map((value) => ({ text: value, detail: field.detail }));
  return starting(typed, choices, cursor - typed.length);
}

function startChoices(): Choice[] {
  const fields = FIELDS.flatMap(({ name, takes, values, detail }): Choice[] => {
    return takes === 'values'
      ? [{ text: `${name}:`, detail }]
      : [{ text: `${name}>`, detail: `${detail}: ${values.map((value) => `${name}${value}`).join(', ')}` }];
  });
  return [...fields, ...WORDS];
}

function starting(typed: string, choices: readonly Choice[], index: number): FilterCompletion[] {
  const start = typed.toLowerCase();
  return choices
    .filter(({ text }) => text.startsWith(start) && text !== start)
    .map((choice) => ({ ...choice, index, length: typed.length }));
}

function isInsideQuotes(before: string): boolean {
  let inside = false;
  for (let at = 0; at < before.length; at++) {
    if (before[at] === '\\') at++;
    else if (before[at] === '"') inside = !inside;
  }
  return inside;
}
