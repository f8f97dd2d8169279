import { DIALECT_NAMES } from '../base/dialectNames.js';
import { declaredNames } from '../profile/declared.js';
import { nodeAt } from '../profile/jsonc.js';
import type { SharedEnvironments } from '../profile/profile.js';
import { SHARED_ENVIRONMENTS_FILE, sharedVariables } from '../profile/sharedEnvironments.js';
import { capturedNames, type Path, sendTimeNames, SEND_TIME_NAMES } from '../profile/variables.js';
import { ANSWER_HEADERS, type HeaderName, REQUEST_HEADERS, SUBPROTOCOLS } from './catalogue.js';
import { keysAt, nodeOf, openDocument, type ProfileDocument, type Spot, spotAt } from './document.js';
import { mentionsOf } from './mentions.js';
import type { Seen, Shape } from './seen.js';

/** What an editor knows beside the text. */
export interface Known {
  /** Names of the secrets that have a value. */
  readonly secrets: readonly string[];
  /** Names of the environment's variables. */
  readonly env: readonly string[];
  /** The environments that the profile shares with others. */
  readonly shared: SharedEnvironments;
  /** What was received last. */
  readonly seen: Seen;
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
  if (spot.kind === 'key') return keyNames(document, spot, end, known).slice(0, MAX_ITEMS);
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
  return [...own(document, spot.own, place, known.shared), ...secrets(), ...env()];
}

function own(
  { root }: ProfileDocument,
  path: Path,
  place: { offset: number; length: number },
  shared: SharedEnvironments,
): Completion[] {
  if (!root) return [];
  const declared = declaredNames(root);
  const captured = capturedNames(root);
  const later = sendTimeNames(path, captured);
  const about = (name: string) => {
    if (SEND_TIME_NAMES.includes(name)) return 'filled in as the message is sent';
    if (captured.includes(name)) return 'captured by a step';
    return declared.has(name) ? 'variable of this profile' : `variable of ${SHARED_ENVIRONMENTS_FILE}`;
  };
  return names([...declared, ...sharedVariables(shared), ...later]).map((name) => {
    return { label: name, kind: 'variable', detail: about(name), text: `${name}}`, ...place };
  });
}

/** Texts that stand for themselves: the whole value is replaced. */
function wholeTexts(document: ProfileDocument, spot: Spot, end: number, known: Known): readonly Completion[] {
  const offset = spot.place.offset + 1;
  return valuesAt(document, spot, known).map(({ label, detail }) => {
    return { label, kind: 'value', detail, text: JSON.stringify(label).slice(1, -1), offset, length: end - offset };
  });
}

interface Value {
  readonly label: string;
  readonly detail: string;
}

function valuesAt(document: ProfileDocument, { own: path, path: whole }: Spot, { seen }: Known): readonly Value[] {
  const { root } = document;
  const [top, second, third, fourth] = path;
  const all = (labels: readonly string[], detail: string): Value[] => labels.map((label) => ({ label, detail }));
  if (top === 'session' && second === 'dialect') return all(['none', ...DIALECT_NAMES], 'dialect');
  if (top === 'subprotocols' && path.length === 2) return all(SUBPROTOCOLS, 'subprotocol');
  if (top === 'expect' && second === 'subprotocol') return all(offered(root), 'offered by this profile');
  if (top === 'headers') return startOf(second);
  if (top === 'steps' && third === 'client' && path.length === 3) return all(clientNames(root), 'client');
  const isMatch = (top === 'message' && second === 'expect') || (top === 'steps' && String(third).startsWith('expect'));
  if (path.at(-1) === 'event' && path.at(-2) === 'socketio' && path.at(-3) === 'send') return all(seen.events, SEEN);
  if (top === 'steps' && third === 'capture' && fourth !== undefined) {
    const match = nodeOf(root, [...whole.slice(0, -2), 'expect']);
    return all(lookedAt(match, seen).paths, SEEN);
  }
  if (!isMatch) return [];
  const match = nodeOf(root, whole.slice(0, -1));
  const shape = lookedAt(match, seen);
  if (path.at(-1) === 'jsonPath') return all(shape.paths, SEEN);
  const jsonPath = path.at(-1) === 'equals' ? nodeAt(match ?? undefined, 'jsonPath') : undefined;
  if (jsonPath?.type !== 'string' || !Object.hasOwn(shape.texts, jsonPath.value)) return [];
  return all(shape.texts[jsonPath.value] ?? [], SEEN);
}

const SEEN = 'seen in the last run';

/** A match looks at what came, or at what the dialect makes of it. */
function lookedAt(match: ProfileDocument['root'], { raw, decoded }: Seen): Shape {
  const where = nodeAt(match ?? undefined, 'in');
  return where?.type === 'string' && where.value === 'decoded' ? decoded : raw;
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
function keyNames(document: ProfileDocument, spot: Spot, end: number, known: Known): readonly Completion[] {
  const offset = spot.place.offset + 1;
  const taken = nodeOf(document.root, spot.path.slice(0, -1));
  const there = taken?.type === 'object' ? taken.members.filter(({ key }) => key.offset !== spot.place.offset) : [];
  const found = namesOfKeys(document, spot, known).filter(({ name }) => !there.some(({ key }) => key.name === name));
  return found.map(({ name, about }) => {
    return { label: name, kind: 'name', detail: about, text: name, offset, length: end - offset };
  });
}

function namesOfKeys(
  document: ProfileDocument,
  { own: path, path: whole, place }: Spot,
  known: Known,
): readonly HeaderName[] {
  const [top, second] = path;
  if (top === 'headers' && path.length === 2) return REQUEST_HEADERS;
  if (top === 'expect' && second === 'headers' && path.length === 3) return ANSWER_HEADERS;
  const about = `of ${SHARED_ENVIRONMENTS_FILE}`;
  if (whole[0] === 'environments' && whole.length === 2) {
    const shared = names(known.shared.flatMap(({ environments }) => Object.keys(environments)));
    return shared.map((name) => ({ name, about: `environment ${about}` }));
  }
  if (top !== 'variables' || path.length !== 2) return [];
  const shared = sharedVariables(known.shared);
  const used = mentionsOf(document).filter(({ kind, offset }) => kind === 'variable' && offset !== place.offset);
  const captured = document.root ? capturedNames(document.root) : [];
  const all = names([...used.map(({ name }) => name), ...shared]);
  const own = all.filter((name) => !captured.includes(name) && !SEND_TIME_NAMES.includes(name));
  return own.map((name) => ({ name, about: shared.includes(name) ? `variable ${about}` : 'variable of this profile' }));
}

function names(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}
