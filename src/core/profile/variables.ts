import { STEP_KINDS } from '../base/step.js';
import type { TextRule } from './checks.js';
import { type JsonNode, nodeAt } from './jsonc.js';
import { quote } from './problems.js';

/** A piece of a text: what stands there, a variable, or a broken variable. Offsets count in the decoded text. */
export type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'variable' | 'env' | 'secret';
      readonly name: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'broken'; readonly why: string; readonly start: number; readonly end: number };

/** Filled in as each message is sent. */
export const SEND_TIME_NAMES: readonly string[] = ['uuid', 'now', 'seq'];

export const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

export const variableName: TextRule = (name) => {
  if (SEND_TIME_NAMES.includes(name)) return `is taken: \${${name}} is filled in as a message is sent.`;
  return NAME.test(name) ? null : 'is no name for a variable: a letter, then letters, digits, _, - or dots.';
};

/** Cuts a text at `${name}`, `${env:NAME}` and `${secret:name}`; `$${` stands for the characters `${`. */
export function parts(text: string): readonly Part[] {
  if (!text.includes('${')) return [{ kind: 'literal', text }];
  const found: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^}]*)(\}?)/g)) {
    if (match.index > from) found.push({ kind: 'literal', text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    if (match[1] === undefined) found.push({ kind: 'literal', text: '${' });
    else found.push(variablePart(match[1], match[2] === '}', match.index, from));
  }
  if (from < text.length) found.push({ kind: 'literal', text: text.slice(from) });
  return found;
}

function variablePart(inside: string, closed: boolean, start: number, end: number): Part {
  const escape = 'Write $${ for the characters ${ themselves.';
  if (!closed)
    return { kind: 'broken', why: `\${ opens a variable and its } is missing. ${escape}`, start, end: start + 2 };
  const [, prefix, name = ''] = /^(?:([A-Za-z]*):)?([^]*)$/.exec(inside) ?? [];
  if (prefix === undefined && NAME.test(name)) return { kind: 'variable', name, start, end };
  if (prefix === 'secret' && NAME.test(name)) return { kind: 'secret', name, start, end };
  if (prefix === 'env' && /^[^\s=:]{1,200}$/.test(name)) return { kind: 'env', name, start, end };
  const forms = '${name}, ${env:NAME} or ${secret:name}';
  return { kind: 'broken', why: `\${${quoteInside(inside)}} is not a variable: use ${forms}. ${escape}`, start, end };
}

function quoteInside(inside: string): string {
  return quote(inside).slice(1, -1);
}

/** The environment variable from which the command line takes a secret. */
export function secretEnvName(name: string): string {
  return `WSPROBE_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}

export type Path = readonly (string | number)[];

/** Rebuilds a tree with each text replaced. `path` starts at the profile's own keys, also inside an environment. */
export function mapTexts(
  node: JsonNode,
  map: (node: Extract<JsonNode, { type: 'string' }>, path: Path) => JsonNode,
  path: Path = [],
): JsonNode {
  if (node.type === 'string') return map(node, ownPath(path));
  if (node.type === 'array')
    return { ...node, items: node.items.map((item, index) => mapTexts(item, map, [...path, index])) };
  if (node.type !== 'object') return node;
  const members = node.members.map(({ key, value }) => ({ key, value: mapTexts(value, map, [...path, key.name]) }));
  return { ...node, members };
}

/** An environment and a client are profiles of their own, and the steps of a repeat are steps. */
export function ownPath(path: Path): Path {
  if (path[0] === 'environments' || path[0] === 'clients') return ownPath(path.slice(2));
  const isRepeat = path[0] === 'steps' && path[2] === 'repeat' && path[3] === 'steps';
  return isRepeat ? ownPath(path.slice(3)) : path;
}

const OF_MESSAGES = new Set<string | number | undefined>([
  'send',
  'close',
  ...STEP_KINDS.filter((kind) => kind.startsWith('expect')),
]);

/** Names that are known only at send time where `path` leads: none outside messages. */
export function sendTimeNames(path: Path, captured: readonly string[]): readonly string[] {
  const [top, second, third] = path;
  if (top === 'variables') return [...SEND_TIME_NAMES, ...captured];
  // What names a file is needed before anything is sent.
  const send = path.indexOf('send');
  const [kind, key] = path.slice(send + 1);
  if (send >= 0 && ((kind === 'file' && key === undefined) || (kind === 'protobuf' && key !== 'value'))) return [];
  if (top === 'message') return second === 'send' ? SEND_TIME_NAMES : [];
  // The path of a schema is needed before anything is sent too; a schema that stands here is an object.
  if (top === 'steps')
    return OF_MESSAGES.has(third) && (third === 'send' || path.at(-1) !== 'schema')
      ? [...SEND_TIME_NAMES, ...captured]
      : [];
  return (top === 'messages' || top === 'session') && third === 'send' ? SEND_TIME_NAMES : [];
}

/** Names that steps capture from replies. */
export function capturedNames(root: JsonNode): readonly string[] {
  return [...new Set(capturedIn(nodeAt(root, 'steps')))];
}

function capturedIn(steps: JsonNode | undefined): readonly string[] {
  return (steps?.type === 'array' ? steps.items : []).flatMap((step) => {
    const capture = nodeAt(step, 'capture');
    const own = capture?.type === 'object' ? capture.members.map(({ key }) => key.name) : [];
    return [...own, ...capturedIn(nodeAt(step, 'repeat', 'steps'))];
  });
}
