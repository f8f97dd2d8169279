import { ProbeError } from '../base/errors.js';
import { Redactor } from '../redaction/redactor.js';
import { declaredNames, explainUndeclared } from './declared.js';
import { Expander, type Source } from './expand.js';
import { type JsonNode, type Member, memberOf, nodeAt, type ObjectNode, toValue } from './jsonc.js';
import { PROFILE_SPEC } from './keys.js';
import { parseProfile, reportMissingUrl, treeOf } from './parse.js';
import { buildPlan } from './plan.js';
import { ProblemList, quote, type Report } from './problems.js';
import type { ProbePlan } from '../base/plan.js';
import type { ProfileFile, ResolveContext, ResolvedProfile, UsedNames } from './profile.js';
import { chooseProxy, type ProxyChoice } from './proxyChoice.js';
import { validate } from './spec.js';
import { capturedNames, mapTexts } from './variables.js';

const NOTHING_USED: Pick<ResolvedProfile, 'names' | 'written'> = { names: { secrets: [], env: [] }, written: [] };
const NO_VALUES: ResolveContext = { env: {}, secrets: {}, baseDir: null };

/** Text of a profile to a plan. Problems hold no secret's value. Never throws. */
export function resolveText(text: string, context: ResolveContext): ResolvedProfile {
  const { file, problems } = parseProfile(text);
  return file ? resolveProfile(file, text, context) : { plan: null, problems, ...NOTHING_USED };
}

/** A file to a plan: environment chosen, variables filled in, every value checked again, defaults added. */
export function resolveProfile(file: ProfileFile, text: string, context: ResolveContext): ResolvedProfile {
  const root = treeOf(file, text);
  if (root?.type !== 'object') return { plan: null, problems: parseProfile(text).problems, ...NOTHING_USED };
  const list = new ProblemList(text);
  const merged = mergeEnvironment(root, context.environment ?? null, list.report);
  const captured = capturedNames(merged);
  const sources = { ...context, variables: variablesOf(merged, context), explainMissing: explainFor(root, context) };
  const expander = new Expander(text, sources, list.report, captured);
  const bare = { ...merged, members: merged.members.filter(({ key }) => !SCAFFOLD.has(key.name)) };
  const full = mapTexts(bare, (node, path) => expander.expand(node, path));
  validate(full, PROFILE_SPEC, list.report, '');
  if (!memberOf(full, 'url')) reportMissingUrl(root, list.report);
  const value = toValue(full) as ProfileFile;
  const route = list.hasErrors ? null : routeOf(value, full, context, list.report);
  const values = messageVariables(text, sources, captured);
  const names = namesOf(expander.names, values.names, context);
  if (!route) return { plan: null, problems: redacted(list, expander.secrets), names, written: [] };
  const used = new Set([...expander.secrets, ...values.secrets]);
  const plan = { ...buildPlan(value, context, route, used), variables: values.variables };
  return { plan, problems: redacted(list, plan.secrets), names, written: writtenMessages(merged, plan.messages) };
}

/** What only variables of messages ask for counts where it has a value: without one it stands in no message. */
function namesOf(used: Expander['names'], later: Expander['names'], { secrets, env }: ResolveContext): UsedNames {
  const both = (own: ReadonlySet<string>, others: ReadonlySet<string>, values: ResolveContext['env']) => [
    ...new Set([...own, ...[...others].filter((name) => Object.hasOwn(values, name) && values[name] !== undefined)]),
  ];
  return { secrets: both(used.secret, later.secret, secrets), env: both(used.env, later.env, env) };
}

function writtenMessages(root: ObjectNode, resolved: ProbePlan['messages']): ProbePlan['messages'] {
  const node = memberOf(root, 'messages')?.value;
  const written = (node ? toValue(node) : []) as ProbePlan['messages'];
  return written.map((message, index) => {
    const send = resolved[index]?.send;
    return typeof send === 'object' && 'file' in send ? { ...message, send } : message;
  });
}

/** A URL, with keys of a profile beside it, to a plan. Places in the problems belong to a text nobody wrote: show messages only. */
export function planFromUrl(
  url: string,
  overrides: Omit<ProfileFile, 'url'> = {},
  context = NO_VALUES,
): ResolvedProfile {
  let text: string;
  try {
    text = JSON.stringify({ ...overrides, url });
  } catch {
    const problem = { severity: 'error', code: 'not-json', message: 'The profile given is not JSON.' } as const;
    return { plan: null, problems: [{ ...problem, line: 0, character: 0, offset: 0, length: 0 }], ...NOTHING_USED };
  }
  return resolveText(text, context);
}

/** Null, and a problem, when the proxy to be used cannot be read; one that the environment names has no place of its own. */
function routeOf(file: ProfileFile, root: JsonNode, context: ResolveContext, report: Report): ProxyChoice | null {
  try {
    return chooseProxy(file.proxy ?? 'auto', new URL(file.url ?? ''), context);
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    const place = nodeAt(root, 'proxy') ?? nodeAt(root, 'url') ?? root;
    report('invalid-proxy', place, error.message);
    return null;
  }
}

const SCAFFOLD = new Set(['variables', 'environments']);

function mergeEnvironment(root: ObjectNode, name: string | null, report: Report): ObjectNode {
  if (name === null) return root;
  const environments = nodeAt(root, 'environments');
  const chosen = nodeAt(environments, name);
  if (chosen?.type !== 'object') {
    const names = environments?.type === 'object' ? environments.members.map(({ key }) => quote(key.name)) : [];
    const has = names.length > 0 ? `the profile has ${names.join(', ')}` : 'the profile has none';
    const at = memberOf(root, 'environments')?.key ?? { offset: root.offset, length: 1 };
    report('unknown-environment', at, `There is no environment ${quote(name)}: ${has}.`);
    return root;
  }
  const variables = mergeMembers(nodeAt(root, 'variables'), nodeAt(chosen, 'variables'));
  const members = mergeMembers(root, chosen).map((member) =>
    member.key.name === 'variables'
      ? { ...member, value: { ...member.value, type: 'object', members: variables } as const }
      : member,
  );
  return { ...root, members };
}

function mergeMembers(base: JsonNode | undefined, over: JsonNode | undefined): readonly Member[] {
  const merged = new Map<string, Member>();
  for (const node of [base, over]) {
    for (const member of node?.type === 'object' ? node.members : []) merged.set(member.key.name, member);
  }
  return [...merged.values()];
}

function variablesOf(root: ObjectNode, context: ResolveContext): Map<string, Source> {
  const sources = new Map<string, Source>();
  const own = nodeAt(root, 'variables');
  for (const { key, value } of own?.type === 'object' ? own.members : []) {
    if (value.type === 'string') sources.set(key.name, { node: value });
  }
  for (const [name, literal] of Object.entries(context.variables ?? {})) sources.set(name, { literal });
  return sources;
}

/** What variables are worth in messages typed later: those without a value are left out, none is reported. */
function messageVariables(
  text: string,
  sources: ConstructorParameters<typeof Expander>[1],
  captured: readonly string[],
): Pick<Expander, 'secrets' | 'names'> & { readonly variables: Readonly<Record<string, string>> } {
  const quiet = new Expander(text, sources, () => {}, captured);
  const values: [name: string, value: string][] = [];
  for (const [name, source] of sources.variables) {
    const value = 'literal' in source ? source.literal : quiet.valueOf(source.node);
    if (value !== null) values.push([name, value]);
  }
  return { variables: Object.fromEntries(values), secrets: quiet.secrets, names: quiet.names };
}

function explainFor(root: JsonNode, context: ResolveContext): (name: string) => string {
  let names: ReadonlySet<string> | null = null;
  return (name) => {
    const declared = (names ??= declaredNames(root));
    if (!declared.has(name)) return explainUndeclared(name, declared);
    const chosen = context.environment ?? null;
    const where = chosen === null ? 'without an environment: choose one' : `in the environment ${quote(chosen)}`;
    return `\${${name}} has no value ${where}.`;
  };
}

function redacted(list: ProblemList, secrets: Iterable<string>) {
  const redactor = new Redactor([...secrets]);
  return list.items.map((problem) => ({ ...problem, message: redactor.text(problem.message) }));
}
