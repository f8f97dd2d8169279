import type { Match, PathTest } from '../../base/message.js';
import type { Said } from '../../contract/said.js';
import { exampleOfSchema } from './exampleOfSchema.js';
import { placesOf, putAt } from './simplePath.js';

/** What an expectation says of a message, as parts of one. */
interface Draft {
  /** JSON that the message is, or is to be completed to. */
  json: unknown;
  text: string | null;
  hex: string | null;
}

/** A message that a match takes, as far as one can be made up; null: none could be. What `captured` names is put where it is read from. */
export function exampleOf(match: Match, captured: Readonly<Record<string, string>>): Said | null {
  const draft: Draft = { json: undefined, text: null, hex: null };
  if (!add(draft, match)) return null;
  for (const [path, value] of Object.entries(captured)) {
    const places = placesOf(path);
    if (places === null) return null;
    draft.json = putAt(draft.json, places, value, true);
  }
  if (draft.json !== undefined) return said(JSON.stringify(draft.json), match);
  if (draft.hex !== null) return { binary: true, bytes: Buffer.from(draft.hex.replaceAll(/\s+/g, ''), 'hex') };
  return said(draft.text ?? '', match);
}

function said(text: string, { kind }: Match): Said {
  return { binary: kind === 'binary', bytes: Buffer.from(text) };
}

function add(draft: Draft, match: Match): boolean {
  if ('all' in match) return match.all.every((each) => add(draft, each));
  if ('any' in match) return match.any.some((each) => add(draft, each));
  if ('not' in match) return true;
  if ('jsonPath' in match) return addPath(draft, match);
  if ('equals' in match) {
    if (typeof match.equals === 'string' && match.in !== 'decoded') draft.text = match.equals;
    else draft.json = match.equals;
    return true;
  }
  if ('contains' in match) return addText(draft, match.contains);
  if ('matches' in match) return addText(draft, literalOf(match.matches));
  if ('binary' in match) {
    draft.hex = match.binary;
    return true;
  }
  const example = typeof match.schema === 'string' ? undefined : exampleOfSchema(match.schema);
  if (example === undefined) return false;
  draft.json = example;
  return true;
}

function addText(draft: Draft, text: string | null): boolean {
  if (text !== null) draft.text = `${draft.text ?? ''}${text}`;
  return text !== null;
}

function addPath(draft: Draft, match: Match & { readonly jsonPath: string } & PathTest): boolean {
  const places = placesOf(match.jsonPath);
  if (match.exists === false) return true;
  const value = valueFor(match);
  if (places === null || value === undefined) return false;
  draft.json = putAt(draft.json, places, value, match.exists !== true);
  return true;
}

function valueFor(test: PathTest): unknown {
  if ('equals' in test) return test.equals;
  if (test.matches !== undefined) return literalOf(test.matches) ?? undefined;
  if (test.exists === true) return 'example';
  if (test.gt !== undefined) return typeof test.gt === 'number' ? test.gt + 1 : `${test.gt}~`;
  if (test.ge !== undefined) return test.ge;
  if (test.lt !== undefined) return typeof test.lt === 'number' ? test.lt - 1 : '';
  if (test.le !== undefined) return test.le;
  if (test.type !== undefined) return exampleOfSchema({ type: test.type });
  if (test.length !== undefined) return 'x'.repeat(Math.min(test.length, 10_000));
  return test.schema === undefined || typeof test.schema === 'string' ? undefined : exampleOfSchema(test.schema);
}

/** The text that an expression without choices stands for; null where it has some. */
function literalOf(expression: string): string | null {
  const bare = expression.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const text = bare.replaceAll(/\\([^A-Za-z0-9])/g, '$1');
  const rest = bare.replaceAll(/\\[^A-Za-z0-9]/g, '');
  return /[\\^$.*+?()[\]{}|]/.test(rest) ? null : text;
}
