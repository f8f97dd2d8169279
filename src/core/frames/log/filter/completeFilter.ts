import { FIELDS, findField } from './fields.js';

/** What can stand at a place of a filter: replaces `length` characters from `index`. */
export interface FilterCompletion {
  readonly text: string;
  readonly detail: string;
  readonly index: number;
  readonly length: number;
}

export interface FilterChoice {
  readonly text: string;
  readonly detail: string;
}

const WORDS: readonly FilterChoice[] = [
  { text: 'marked', detail: 'Rows with a mark' },
  { text: 'not', detail: 'Everything but what follows' },
  { text: 'or', detail: 'Either side' },
  { text: '$.', detail: 'A JSON path, alone or compared: $.type == "error"' },
  { text: '/', detail: 'A regular expression: /err(or)?/i' },
];

/** The JSON path that is being typed at the cursor; null where none is. */
export function pathAt(text: string, cursor: number): string | null {
  const word = wordAt(text.slice(0, cursor));
  return word.startsWith('$') ? word : null;
}

/**
 * What can be typed at the cursor: fields at the start of a word, values after a field's `:`, and of the JSON paths that
 * there are those that go on as the word does. Nothing inside quotes.
 */
export function completeFilter(text: string, cursor: number, paths: readonly FilterChoice[] = []): FilterCompletion[] {
  const before = text.slice(0, cursor);
  if (isInsideQuotes(before)) return [];
  const word = wordAt(before);
  const index = cursor - word.length;
  const [, name = '', list] = /^([A-Za-z]+):(.*)$/.exec(word) ?? [];
  if (list === undefined) return starting(word, [...startChoices(), ...paths], index);
  const field = findField(name);
  if (field === undefined || field.takes !== 'values') return [];
  const given = list.split(',');
  const typed = given.pop() ?? '';
  const choices = field.values
    .filter((value) => !given.includes(value))
    .map((value) => ({ text: value, detail: field.detail }));
  return starting(typed, choices, cursor - typed.length);
}

function wordAt(before: string): string {
  return /[^\s()|]*$/.exec(before)![0].replace(/^-/, '');
}

function startChoices(): FilterChoice[] {
  const fields = FIELDS.flatMap(({ name, takes, values, detail }): FilterChoice[] => {
    return takes === 'values'
      ? [{ text: `${name}:`, detail }]
      : [{ text: `${name}>`, detail: `${detail}: ${values.map((value) => `${name}${value}`).join(', ')}` }];
  });
  return [...fields, ...WORDS];
}

function starting(typed: string, choices: readonly FilterChoice[], index: number): FilterCompletion[] {
  const start = typed.toLowerCase();
  return choices
    .filter(({ text }) => text.toLowerCase().startsWith(start) && text !== typed)
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
