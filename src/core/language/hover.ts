import { explainDialectClose } from '../dialects/explainDialectClose.js';
import { isSecretEnvValue } from '../profile/envSecret.js';
import { type JsonNode, nodeAt } from '../profile/jsonc.js';
import type { Place } from '../profile/problems.js';
import type { SharedEnvironments } from '../profile/profile.js';
import { variableValues } from '../profile/resolve.js';
import { withShared } from '../profile/sharedEnvironments.js';
import { capturedNames, parts, type Path, secretEnvName, SEND_TIME_NAMES } from '../profile/variables.js';
import { formatDuration } from '../text/durations.js';
import { markdownCode } from '../text/markdown.js';
import { clientOf, keysAt, openDocument, type ProfileDocument, type Spot, spotAt } from './document.js';
import { type Mention, mentionAt, mentionsOf } from './mentions.js';

/** What an editor knows beside the text. No value of a secret. */
export interface HoverContext {
  readonly environment: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secretNames: readonly string[];
  /** The environments that the profile shares with others. */
  readonly shared: SharedEnvironments;
  /** Milliseconds of the last run by phase, and `total`. */
  readonly lastMs: Readonly<Record<string, number>>;
}

export interface Hover extends Place {
  /** Plain sentences; names and values in backticks. */
  readonly lines: readonly string[];
}

const MASK = '•••';
const MAX_SHOWN = 200;
const MAX_ENVIRONMENTS = 10;

/** What can be told of the place at an offset beyond what the schema tells of its key; null when nothing. */
export function hover(text: string, offset: number, context: HoverContext): Hover | null {
  const document = openDocument(text);
  const mention = mentionAt(mentionsOf(document), offset);
  if (mention && mention.kind !== 'client') return at(mention, aboutName(document, mention, context));
  const spot = spotAt(document, offset);
  if (!spot) return null;
  if (spot.kind === 'key') return at(spot.place, lastTime(spot.own, context));
  if (spot.node?.type === 'number' && isCloseCode(spot.own)) {
    return at(spot.place, closeLines(document, spot.node.value));
  }
  return spot.node?.type === 'string' ? at(spot.place, asSent(document, spot, spot.node.value, context)) : null;
}

function at({ offset, length }: Place, lines: readonly string[]): Hover | null {
  return lines.length === 0 ? null : { offset, length, lines };
}

function aboutName(document: ProfileDocument, { kind, name, path }: Mention, context: HoverContext): readonly string[] {
  if (kind === 'secret') {
    const isSet = context.secretNames.includes(name);
    const line = `Secret ${code(name)}: ${isSet ? 'set' : 'not set'} in this editor.`;
    return [line, `On the command line: ${code(secretEnvName(name))}.`];
  }
  if (kind === 'env') {
    const value = Object.hasOwn(context.env, name) ? context.env[name] : undefined;
    const told = value === undefined ? 'not set.' : shown(isSecretEnvValue(value) ? MASK : value);
    return [`Environment variable ${code(name)}: ${told}`];
  }
  if (SEND_TIME_NAMES.includes(name)) return [`${code(name)} is filled in as the message is sent.`];
  if (document.root && capturedNames(document.root).includes(name)) return [`${code(name)} is captured by a step.`];
  return valueLines(document, name, clientOf(path), context);
}

/** The value where the profile runs now, and in each of its environments. */
function valueLines(document: ProfileDocument, name: string, client: string | null, context: HoverContext) {
  const value = (environment: string | null) => {
    const values = valuesIn(document, client, { ...context, environment });
    return Object.hasOwn(values, name) ? shown(values[name] ?? '') : 'no value';
  };
  const shared = context.shared.flatMap(({ environments }) => Object.keys(environments));
  const own = keysAt(document.root, 'environments');
  const environments = [...new Set([...own, ...shared])].slice(0, MAX_ENVIRONMENTS);
  const lines = [`${code(name)}: ${value(context.environment)}`];
  return [...lines, ...environments.map((environment) => `In ${code(environment)}: ${value(environment)}`)];
}

function valuesIn({ root, text }: ProfileDocument, client: string | null, context: HoverContext) {
  if (root?.type !== 'object') return {};
  const whole = withShared(root, context.shared);
  const env = Object.fromEntries(
    Object.entries(context.env).map(([name, value]) => [
      name,
      value !== undefined && isSecretEnvValue(value) ? MASK : value,
    ]),
  );
  const secrets = Object.fromEntries(context.secretNames.map((name) => [name, MASK]));
  return variableValues(whole, text, { env, secrets, environment: context.environment, baseDir: null }, client);
}

/** A text with its values in place; what has none stays as it is written. */
function asSent(document: ProfileDocument, { path }: Spot, value: string, context: HoverContext): readonly string[] {
  const found = parts(value);
  if (found.every(({ kind }) => kind === 'literal')) return [];
  const values = valuesIn(document, clientOf(path), context);
  const filled = found.map((part) => {
    if (part.kind === 'literal') return part.text;
    const written = value.slice(part.start, part.end);
    if (part.kind === 'broken') return written;
    if (part.kind === 'secret') return context.secretNames.includes(part.name) ? MASK : written;
    const from = part.kind === 'env' ? context.env : values;
    const own = Object.hasOwn(from, part.name) ? from[part.name] : undefined;
    if (own === undefined) return written;
    return part.kind === 'env' && isSecretEnvValue(own) ? MASK : own;
  });
  return [`With its values: ${shown(filled.join(''))}`];
}

function isCloseCode(path: Path): boolean {
  const words = path.filter((part) => typeof part === 'string');
  if (words[0] === 'expect') return words[1] === 'closeCode';
  return words[0] === 'steps' && (words[1] === 'close' || words[1] === 'expectClose') && words[2] === 'code';
}

function closeLines({ root }: ProfileDocument, closeCode: number): readonly string[] {
  if (!Number.isInteger(closeCode) || closeCode < 0 || closeCode > 65_535) return [];
  const dialect = nodeAt(root ?? undefined, 'session', 'dialect');
  const { title, meaning, usedBy } = explainDialectClose(closeCode, { dialect: nameOf(dialect) });
  return [`${title}: ${meaning}`, ...usedBy.slice(0, 5).map((use) => `${use.title}: ${use.name}. ${use.meaning}`)];
}

function nameOf(node: JsonNode | undefined): string | null {
  return node?.type === 'string' ? node.value : null;
}

function lastTime(path: Path, { lastMs }: HoverContext): readonly string[] {
  const [top, second, third] = path;
  if (top !== 'expect' || second !== 'budgets' || typeof third !== 'string' || path.length !== 3) return [];
  const ms = Object.hasOwn(lastMs, third) ? lastMs[third] : undefined;
  return ms === undefined ? [] : [`Last run: ${formatDuration(ms)}`];
}

/** As code in Markdown, whatever it holds. */
function code(text: string): string {
  return markdownCode(text, MAX_SHOWN);
}

function shown(value: string): string {
  return value === '' ? 'empty' : code(value);
}
