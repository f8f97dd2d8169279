import { splitZone } from '../base/url.js';
import { ProbeError } from '../base/errors.js';
import type { ClientPlan, ProbePlan } from '../base/plan.js';
import type { Step } from '../base/step.js';
import { Redactor } from '../redaction/redactor.js';
import { declaredNames, explainUndeclared } from './declared.js';
import { reportEarlyUses } from './earlyUses.js';
import { Expander, type Source } from './expand.js';
import { type JsonNode, type Member, memberOf, nodeAt, type ObjectNode, toValue } from './jsonc.js';
import { PROFILE_SPEC } from './keys.js';
import { layOver } from './layOver.js';
import { parseProfile, reportMissingUrl, treeOf } from './parse.js';
import { buildPlan } from './plan.js';
import { ProblemList, quote, type Report } from './problems.js';
import type { ProfileFile, ResolveContext, ResolvedProfile, UsedNames } from './profile.js';
import { chooseProxy, type ProxyChoice } from './proxyChoice.js';
import { withShared } from './sharedEnvironments.js';
import { stepsOf, whoseTexts } from './steps.js';
import { validate } from './spec.js';
import { capturedNames, mapTexts } from './variables.js';

const NOTHING_USED: Pick<ResolvedProfile, 'names' | 'written'> = { names: { secrets: [], env: [] }, written: [] };
const NO_VALUES: ResolveContext = { env: {}, secrets: {}, baseDir: null };

/** Text of a profile to a plan. Problems hold no secret's value. Never throws. */
export function resolveText(text: string, context: ResolveContext): ResolvedProfile {
  const { file, problems } = parseProfile(text, context.sharedEnvironments);
  return file ? resolveProfile(file, text, context) : { plan: null, problems, ...NOTHING_USED };
}

/** A file to a plan: environment chosen, variables filled in, every value checked again, defaults added. */
export function resolveProfile(file: ProfileFile, text: string, context: ResolveContext): ResolvedProfile {
  const tree = treeOf(file, text);
  if (tree?.type !== 'object') return { plan: null, problems: parseProfile(text).problems, ...NOTHING_USED };
  const root = withShared(tree, context.sharedEnvironments ?? []);
  const list = new ProblemList(text);
  const merged = mergeEnvironment(root, context.environment ?? null, list.report);
  const resolving = { text, context, root, captured: capturedNames(merged), report: once(list.report) };
  const others = clientsOf(merged).map(([name, client]) => ({ name, ...fillIn(client, resolving) }));
  const own = fillIn(merged, resolving, new Map(others.map(({ expander, name }) => [name, expander])));
  reportEarlyUses(nodeAt(merged, 'steps'), text, declaredNames(root), resolving.report);
  for (const { full } of [own, ...others]) validate(full, PROFILE_SPEC, resolving.report, '');
  if (!memberOf(own.full, 'url')) reportMissingUrl(root, list.report);
  const secrets = new Set([own, ...others].flatMap(({ expander }) => [...expander.secrets]));
  const build = ({ full, values }: FilledIn): ProbePlan | null => {
    const value = toValue(full) as ProfileFile;
    const route = list.hasErrors ? null : routeOf(value, full, context, resolving.report);
    if (!route) return null;
    const used = new Set([...secrets, ...values.secrets]);
    return { ...buildPlan(value, context, route, used), variables: values.variables };
  };
  const names = allNames([own, ...others]);
  const plan = build(own);
  const clients = others.flatMap((client) => {
    const made = build(client);
    return made ? [{ name: client.name, plan: made }] : [];
  });
  if (!plan || clients.length < others.length) {
    return { plan: null, problems: redacted(list, secrets), names, written: [] };
  }
  const steps = stepsOf(nodeAt(own.full, 'steps'), (offset) => list.positionOf(offset).line + 1);
  const whole = conversation(plan, steps, clients);
  const written = writtenMessages(merged, plan.messages);
  return { plan: whole, problems: redacted(list, whole.secrets), names, written };
}

/** What one talks about may come from another's answer: all of a conversation keep each other's secrets. */
function conversation(plan: ProbePlan, steps: readonly Step[], clients: readonly ClientPlan[]): ProbePlan {
  if (clients.length === 0) return steps.length === 0 ? plan : { ...plan, steps };
  const all = [plan, ...clients.map((client) => client.plan)];
  const secrets = [...new Set(all.flatMap((each) => each.secrets))].sort((a, b) => b.length - a.length);
  const known = clients.map((client) => ({ ...client, plan: { ...client.plan, secrets } }));
  return { ...plan, secrets, steps, clients: known };
}

interface Resolving {
  readonly text: string;
  readonly context: ResolveContext;
  readonly root: ObjectNode;
  readonly captured: readonly string[];
  readonly report: Report;
}

interface FilledIn {
  readonly names: UsedNames;
  readonly full: JsonNode;
  readonly expander: Expander;
  readonly values: ReturnType<typeof messageVariables>;
}

/** The profile, or one of its clients, with its own variables in place; in steps of a client stand those of the client. */
function fillIn(
  merged: ObjectNode,
  { text, context, root, captured, report }: Resolving,
  clients: ReadonlyMap<string, Expander> = new Map(),
): FilledIn {
  const sources = { ...context, variables: variablesOf(merged, context), explainMissing: explainFor(root, context) };
  const expander = new Expander(text, sources, report, captured);
  const members = merged.members.filter(({ key }) => !SCAFFOLD.has(key.name)).map(namesOnly);
  const whose = clients.size === 0 ? null : whoseTexts(nodeAt(merged, 'steps'));
  const expanderOf = (node: JsonNode) => clients.get(whose?.get(node) ?? '') ?? expander;
  const full = mapTexts({ ...merged, members }, (node, path) => expanderOf(node).expand(node, path));
  const values = messageVariables(text, sources, captured);
  return { full, expander, values, names: namesOf(expander.names, values.names, context) };
}

/** What a profile asks for, its clients included. */
function allNames(parts: readonly FilledIn[]): UsedNames {
  const all = (key: keyof UsedNames) => [...new Set(parts.flatMap(({ names }) => names[key]))];
  return { secrets: all('secrets'), env: all('env') };
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

/** Each client as a profile of its own: its keys laid over the others, but for the conversation, which is all clients'. */
function clientsOf(merged: ObjectNode): readonly (readonly [name: string, client: ObjectNode])[] {
  const clients = nodeAt(merged, 'clients');
  const shared = { ...merged, members: merged.members.filter(({ key }) => !OF_CONVERSATION.has(key.name)) };
  return (clients?.type === 'object' ? clients.members : []).map(({ key, value }) => [
    key.name,
    layOver(shared, value),
  ]);
}

const OF_CONVERSATION = new Set(['steps', 'clients']);

/** Of the clients a profile itself has the names alone: their keys are filled in by variables of their own. */
function namesOnly(member: Member): Member {
  if (member.key.name !== 'clients' || member.value.type !== 'object') return member;
  const members = member.value.members.map(({ key, value }) => ({
    key,
    value: value.type === 'object' ? { ...value, members: [] } : value,
  }));
  return { key: member.key, value: { ...member.value, members } };
}

/** What the variables of a profile are worth where `environment` and `client` are chosen: those without a value are left out. */
export function variableValues(
  root: ObjectNode,
  text: string,
  context: ResolveContext,
  client: string | null,
): Readonly<Record<string, string>> {
  const merged = mergeEnvironment(root, context.environment ?? null, () => {});
  const own = clientsOf(merged).find(([name]) => name === client)?.[1] ?? merged;
  const sources = { ...context, variables: variablesOf(own, context), explainMissing: () => '' };
  return messageVariables(text, sources, capturedNames(merged)).variables;
}

/** What several clients share is wrong once. */
function once(report: Report): Report {
  const told = new Set<string>();
  return (code, at, message, severity) => {
    const place = typeof at === 'function' ? at() : at;
    const mark = `${code} ${place.offset}`;
    if (told.has(mark)) return;
    told.add(mark);
    report(code, place, message, severity);
  };
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
    return chooseProxy(file.proxy ?? 'auto', new URL(splitZone(file.url ?? '').bare), context);
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
  return layOver(root, chosen);
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
