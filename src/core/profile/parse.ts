import { checkVariables, declaredNames } from './declared.js';
import { type JsonNode, memberOf, nodeAt, readJsonc, toValue } from './jsonc.js';
import { PROFILE_SPEC } from './keys.js';
import type { ParsedProfile, ProfileFile, SharedEnvironments } from './profile.js';
import type { ProblemList, Report } from './problems.js';
import { withShared } from './sharedEnvironments.js';
import { validate } from './spec.js';
import { parts } from './variables.js';

/** A problem that leaves a file's shape whole: it can be listed, its environments named, and resolving judges it anew. */
const ABOUT_VALUES = 'unresolved-variable';

const trees = new WeakMap<ProfileFile, JsonNode>();

/**
 * Reads a `.wsprobe` text and reports what is wrong with it whatever the values of its variables. Never throws.
 * Environments that it shares with other files may declare its variables, and give it its URL.
 */
export function parseProfile(text: string, shared: SharedEnvironments = []): ParsedProfile {
  const { root, list } = readJsonc(text);
  if (!root) return { file: null, problems: list.items };
  const whole = root.type === 'object' ? withShared(root, shared) : root;
  validate(checkVariables(root, text, list.report, declaredNames(whole)), PROFILE_SPEC, list.report, '');
  checkUrlPresence(root, whole, list.report);
  return { file: isWhole(list) ? toFile(root) : null, problems: list.items };
}

/** The tree that a file was made from, or that its text gives. */
export function treeOf(file: ProfileFile, text: string): JsonNode | null {
  return trees.get(file) ?? readJsonc(text).root;
}

/** Names in `${secret:name}`, each once, in the order of the file. */
export function referencedSecrets(file: ProfileFile): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      for (const part of parts(value)) if (part.kind === 'secret') names.add(part.name);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(file);
  return [...names];
}

export function environmentNames(file: ProfileFile): string[] {
  return Object.keys(file.environments ?? {});
}

export function reportMissingUrl(root: JsonNode, report: Report): void {
  report('missing-key', { offset: root.offset, length: 1 }, 'A profile needs the key `url`: "url": "wss://host/path".');
}

function checkUrlPresence(root: JsonNode, whole: JsonNode, report: Report): void {
  if (root.type !== 'object' || memberOf(root, 'url')) return;
  const environments = nodeAt(whole, 'environments');
  const members = environments?.type === 'object' ? environments.members : [];
  if (!members.some(({ value }) => memberOf(value, 'url'))) reportMissingUrl(root, report);
}

function isWhole(list: ProblemList): boolean {
  return list.items.every(({ severity, code }) => severity === 'warning' || code === ABOUT_VALUES);
}

function toFile(root: JsonNode): ProfileFile {
  const file = toValue(root) as ProfileFile;
  trees.set(file, root);
  return file;
}
