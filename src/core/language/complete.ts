import { DIALECT_NAMES } from '../base/dialectNames.js';
import { declaredNames } from '../profile/declared.js';
import { capturedNames, type Path, sendTimeNames, SEND_TIME_NAMES } from '../profile/variables.js';
import { ANSWER_HEADERS, type HeaderName, REQUEST_HEADERS, SUBPROTOCOLS } from './catalogue.js';
import { keysAt, openDocument, type ProfileDocument, type Spot, spotAt } from './document.js';
import { mentionsOf } from './mentions.js';

/** What an editor knows beside the text. */
export interface Known {
  /** Names of the secrets that have a value. */
  readonly secrets: readonly string[];
  /** Names of the environment's variables. */
  readonly env: readonly string[];
  /** JSONPaths of what was received last. */
  readonly paths: readonly string[];
}

export interface Completion {
  readonly label: string;
  readonly kind: 'variable' | 'secret' | 'env' | 'value' | 'name';
  readonly detail: string;
  /** As it stands in the file, escapes included. */
  readonly text: string;
  /** What it takes the place of. */
  readonly offset: number;
  readonly length: number;
}

const MAX_ITEMS = 500;

/**
 * What may stand inside the text in quotes at an offset. Keys, choices and whole values are the JSON server's: it has them from
 * the schema, and two lists would stand in one.
 */
export function complete(text: string, offset: number, known: Known): readonly Completion[] {
  const document = openDocument(text);
  const spot = spotAt(document, offset);
  if (!spot || text[spot.place.offset] !== '"' || offset <= spot.place.offset) return [];
  const last = spot.place.offset + spot.place.length;
  const isClosed = spot.place.length > 1 && text[last - 1] === '"' && text[last - 2] !== '\\';
  if (isClosed && offset === last) return [];
  const end = isClosed ? last - 1 : last;
  if (spot.kind === 'key') return keyNames(spot, end).slice(0, MAX_ITEMS);
  const open = openVariable(text, spot.place.offset + 1, offset, end);
  const items = open ? variables(document, spot, open, known) : wholeTexts(document, spot, end, known);
  return items.slice(0, MAX_ITEMS);
}

/** A `${` before the cursor that no `}` closes before it: what was written of it, and what its name takes in behind the cursor. */
interface OpenVariable {
  readonly written: string;
  readonly offset: number;
  readonly length: number;
}

function openVariable(text: string, from: number, offset: number, end: number): OpenVariable | null {
  const before = text.slice(from, offset);
  const at = before.lastIndexOf('${');
  if (at < 0 || before.includes('}', at)) return null;
  // `$${` stands for the characters themselves.
  const dollars = /\$+$/.exec(before.slice(0, at + 1))?.[0].length ?? 0;
  if (dollars % 2 === 0) return null;
  const rest = /^[A-Za-z0-9_.:-]*\}?/.exec(text.slice(offset, end))?.[0] ?? '';
  const start = from + at + 2;
  return { written: before.slice(at + 2), offset: start, length: offset + rest.length - start };
}

function variables(document: ProfileDocument, spot: Spot, open: OpenVariable, known: Known): readonly Completion[] {
  const place = { offset: open.offset, length: open.length };
  const mentioned = (kind: 'secret' | 'env') =>
    mentionsOf(document)
      // The name that is being written is no name yet.
      .filter((mention) => mention.kind === kind && mention.offset !== open.offset - 2)
      .map(({ name }) => name);
  const secrets = (): Completion[] =>
    names([...known.secrets, ...mentioned('secret')]).map((name) => {
      const detail = known.secrets.includes(name) ? 'secret, set' : 'secret, not set';
      return { label: `secret:${name}`, kind: 'secret', detail, text: `secret:${name}}`, ...place };
    });
  const env = (): Completion[] =>
    names([...mentioned('env'), ...known.env]).map((name) => {
      const detail = known.env.includes(name) ? 'environment variable' : 'environment variable, not set';
      return { label: `env:${name}`, kind: 'env', detail, text: `env:${name}}`, ...place };
    });
  if (open.written.startsWith('secret:')) return secrets();
  if (open.written.startsWith('env:')) return env();
  return [...own(document, spot.own, place), ...secrets(), ...env()];
}

function own({ root }: ProfileDocument, path: Path, place: { offset: number; length: number }): Completion[] {
  if (!root) return [];
  const captured = capturedNames(root);
  const later = sendTimeNames(path, captured);
  const about = (name: string) => {
    if (SEND_TIME_NAMES.includes(name)) return 'filled in as the message is sent';
    return captured.includes(name) ? 'captured by a step' : 'variable of this profile';
  };
  return names([...declaredNames(root), ...later]).map((name) => {
    return { label: name, kind: 'variable', detail: about(name), text: `${name}}`, ...place };
  });
}

/** Texts that stand for themselves: the whole value is replaced. */
function wholeTexts(document: ProfileDocument, spot: Spot, end: number, known: Known): readonly Completion[] {
  const offset = spot.place.offset + 1;
  return valuesAt(document, spot.own, known).map(({ label, detail }) => {
    return { label, kind: 'value', detail, text: JSON.stringify(label).slice(1, -1), offset, length: end - offset };
  });
}

interface Value {
  readonly label: string;
  readonly detail: string;
}

function valuesAt({ root }: ProfileDocument, path: Path, { paths }: Known): readonly Value[] {
  const [top, second, third, fourth] = path;
  const all = (labels: readonly string[], detail: string): Value[] => labels.map((label) => ({ label, detail }));
  if (top === 'session' && second === 'dialect') return all(['none', ...DIALECT_NAMES], 'dialect');
  if (top === 'subprotocols' && path.length === 2) return all(SUBPROTOCOLS, 'subprotocol');
  if (top === 'expect' && second === 'subprotocol') return all(offered(root), 'offered by this profile');
  if (top === 'headers') return startOf(second);
  if (top === 'steps' && third === 'client' && path.length === 3) return all(clientNames(root), 'client');
  const isMatch = (top === 'message' && second === 'expect') || (top === 'steps' && String(third).startsWith('expect'));
  const isCapture = top === 'steps' && third === 'capture' && fourth !== undefined;
  return isCapture || (isMatch && path.at(-1) === 'jsonPath') ? all(names(paths), 'seen in the last run') : [];
}

function startOf(header: string | number | undefined): readonly Value[] {
  const name = String(header).toLowerCase();
  const known = REQUEST_HEADERS.find((each) => each.name.toLowerCase() === name);
  return known?.value === undefined ? [] : [{ label: known.value, detail: known.about }];
}

function offered(root: ProfileDocument['root']): readonly string[] {
  const list = root?.type === 'object' ? root.members.find(({ key }) => key.name === 'subprotocols')?.value : undefined;
  return (list?.type === 'array' ? list.items : []).flatMap((item) => (item.type === 'string' ? [item.value] : []));
}

function clientNames(root: ProfileDocument['root']): readonly string[] {
  const environments = keysAt(root, 'environments');
  return names([
    ...keysAt(root, 'clients'),
    ...environments.flatMap((name) => keysAt(root, 'environments', name, 'clients')),
  ]);
}

/** Of maps whose keys are names: the schema can say of them only what they must look like. */
function keyNames({ own: path, place }: Spot, end: number): readonly Completion[] {
  const offset = place.offset + 1;
  const [top, second] = path;
  const found: readonly HeaderName[] =
    top === 'headers' && path.length === 2
      ? REQUEST_HEADERS
      : top === 'expect' && second === 'headers' && path.length === 3
        ? ANSWER_HEADERS
        : [];
  return found.map(({ name, about }) => {
    return { label: name, kind: 'name', detail: about, text: name, offset, length: end - offset };
  });
}

function names(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}
