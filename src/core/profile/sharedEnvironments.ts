import { checkVariables } from './declared.js';
import { type JsonNode, memberOf, nodeAt, type ObjectNode, readJsonc, toValue } from './jsonc.js';
import { PROFILE_SPEC } from './keys.js';
import { layOver, mergeMembers } from './layOver.js';
import type { Place } from './problems.js';
import type { EnvironmentsFile, Problem, ProfileFile, SharedEnvironments } from './profile.js';
import { validate } from './spec.js';

/** What the file of environments is called that profiles share: it holds what `environments` holds in a profile. */
export const SHARED_ENVIRONMENTS_FILE = 'wsprobe.env.json';

/** Reads a `wsprobe.env.json`, and reports what is wrong with it whatever profile uses it. Never throws. */
export function parseEnvironmentsFile(text: string): {
  readonly file: EnvironmentsFile | null;
  readonly problems: readonly Problem[];
} {
  const { root, list } = readJsonc(text);
  if (!root) return { file: null, problems: list.items };
  const key = { name: 'environments', offset: root.offset, length: 1 };
  const profile = {
    type: 'object',
    members: [{ key, value: root }],
    offset: root.offset,
    length: root.length,
  } as const;
  // A profile may declare the variables that are used here.
  const checked = checkVariables(profile, text, (code, ...rest) => {
    if (code !== 'unresolved-variable') list.report(code, ...rest);
  });
  validate(checked, PROFILE_SPEC, list.report, '');
  const isWhole = root.type === 'object' && list.items.every(({ severity }) => severity === 'warning');
  if (!isWhole) return { file: null, problems: list.items };
  return { file: { text, environments: toValue(root) as EnvironmentsFile['environments'] }, problems: list.items };
}

/** The profile with the environments it shares beside its own, which win. The places of what it shares are its beginning. */
export function withShared(root: ObjectNode, shared: SharedEnvironments): ObjectNode {
  return shared.reduce((profile, { text }) => {
    const tree = readJsonc(text).root;
    return tree?.type === 'object' ? withEnvironments(profile, tree) : profile;
  }, root);
}

function withEnvironments(root: ObjectNode, tree: ObjectNode): ObjectNode {
  const start = { offset: root.offset, length: 1 };
  const own = memberOf(root, 'environments');
  const value = environmentsOver(movedTo(start, tree), own?.value);
  const key = own?.key ?? { name: 'environments', ...start };
  const others = root.members.filter((member) => member !== own);
  return { ...root, members: [...others, { key, value: { ...value, ...placeOf(own?.value ?? root) } }] };
}

/** Names of the variables that they declare, each once. */
export function sharedVariables(shared: SharedEnvironments): readonly string[] {
  const all = shared.flatMap(({ environments }) => Object.values(environments));
  return [...new Set(all.flatMap(({ variables = {} }) => Object.keys(variables)))];
}

/** The same for a profile as values. */
export function withSharedValues(file: ProfileFile, shared: SharedEnvironments): ProfileFile {
  return shared.reduce((profile, { environments }) => {
    const own = profile.environments ?? {};
    const both = Object.entries(environments).map(([name, environment]) => {
      const over = own[name] ?? {};
      const variables = { ...environment.variables, ...over.variables };
      return [name, { ...environment, ...over, ...(Object.keys(variables).length > 0 ? { variables } : {}) }] as const;
    });
    return { ...profile, environments: { ...own, ...Object.fromEntries(both) } };
  }, file);
}

function environmentsOver(base: ObjectNode, over: JsonNode | undefined): ObjectNode {
  const members = mergeMembers(base, over).map((member) => {
    const below = nodeAt(base, member.key.name);
    if (below?.type !== 'object' || member.value.type !== 'object' || below === member.value) return member;
    return { ...member, value: { ...layOver(below, member.value), ...placeOf(member.value) } };
  });
  return { ...base, members };
}

function movedTo<N extends JsonNode>(place: Place, node: N): N {
  const moved = { ...node, ...place };
  if (moved.type === 'array') return { ...moved, items: moved.items.map((item) => movedTo(place, item)) };
  if (moved.type !== 'object') return moved;
  const members = moved.members.map(({ key, value }) => ({ key: { ...key, ...place }, value: movedTo(place, value) }));
  return { ...moved, members };
}

function placeOf({ offset, length }: Place): Place {
  return { offset, length };
}
