import { type JsonNode, nodeAt, placeInString, type StringNode } from './jsonc.js';
import { quote, type Report, suggest } from './problems.js';
import { MAX_ENTRIES, MAX_ENVIRONMENTS } from './spec.js';
import { MAX_NESTING, sendTimeOnly } from './expand.js';
import { capturedNames, mapTexts, type Part, parts, SEND_TIME_NAMES, sendTimeNames } from './variables.js';

/** Names declared in `variables`, of the file or of any environment. */
export function declaredNames(root: JsonNode): ReadonlySet<string> {
  const parts = [root, ...partsOf(root, 'environments')];
  const places = [...parts, ...parts.flatMap((part) => partsOf(part, 'clients'))];
  const names = places.flatMap((place) => {
    const variables = nodeAt(place, 'variables');
    return variables?.type === 'object' ? variables.members.map(({ key }) => key.name) : [];
  });
  return new Set(names);
}

/** The environments or the clients of a profile. */
function partsOf(node: JsonNode, key: 'environments' | 'clients'): readonly JsonNode[] {
  const parts = nodeAt(node, key);
  return parts?.type === 'object' ? parts.members.slice(0, MAX_ENVIRONMENTS).map(({ value }) => value) : [];
}

/** Reports variables that are wrong whatever their values; gives the tree with texts that wait for values marked open. */
export function checkVariables(
  root: JsonNode,
  text: string,
  report: Report,
  declared: ReadonlySet<string> = declaredNames(root),
): JsonNode {
  const captured = capturedNames(root);
  checkCycles(root, text, report);
  return mapTexts(root, (node, path) => {
    const found = parts(node.value);
    const later = sendTimeNames(path, captured);
    for (const part of found) {
      if (part.kind === 'literal') continue;
      const place = () => placeInString(text, node, part.start, part.end);
      if (part.kind === 'broken') report('variable-syntax', place, part.why);
      if (part.kind !== 'variable' || declared.has(part.name) || later.includes(part.name)) continue;
      report('unresolved-variable', place, () => explainUndeclared(part.name, declared));
    }
    const open = found.some((part) => part.kind !== 'literal');
    if (open) return { ...node, open };
    return { ...node, value: found.map((part) => (part.kind === 'literal' ? part.text : '')).join('') };
  });
}

export function explainUndeclared(name: string, declared: Iterable<string>): string {
  if (SEND_TIME_NAMES.includes(name)) return sendTimeOnly(name);
  const near = suggest(name, declared);
  if (near !== null) return `\${${name}} is not defined. Did you mean \${${near}}?`;
  return `\${${name}} is not defined: add it to \`variables\`, or write \${env:${name}} or \${secret:${name}}.`;
}

type Scope = ReadonlyMap<string, StringNode>;

function variableScopes(root: JsonNode): readonly Scope[] {
  const over = (scope: Scope, part: JsonNode): Scope => new Map([...scope, ...scopeOf(nodeAt(part, 'variables'))]);
  const own = over(new Map(), root);
  const clients = partsOf(root, 'clients');
  return [
    own,
    ...clients.map((client) => over(own, client)),
    ...partsOf(root, 'environments').flatMap((environment) => {
      const scope = over(own, environment);
      const talkers = partsOf(environment, 'clients');
      return [scope, ...(talkers.length > 0 ? talkers : clients).map((client) => over(scope, client))];
    }),
  ];
}

function scopeOf(node: JsonNode | undefined): Scope {
  const scope = new Map<string, StringNode>();
  for (const { key, value } of node?.type === 'object' ? node.members.slice(0, MAX_ENTRIES) : []) {
    if (value.type === 'string') scope.set(key.name, value);
  }
  return scope;
}

function checkCycles(root: JsonNode, text: string, report: Report): void {
  const finder = new CycleFinder((node, part, circle) => {
    const place = () => placeInString(text, node, part.start, part.end);
    report('variable-cycle', place, `This variable needs itself: ${circle.map(quote).join(' → ')}.`);
  });
  for (const scope of variableScopes(root)) finder.search(scope);
}

type Use = Extract<Part, { readonly name: string }>;

/** Reports each variable that leads back to itself once, however many environments share it. */
class CycleFinder {
  readonly #onCycle: (node: StringNode, part: Use, circle: readonly string[]) => void;
  readonly #uses = new Map<StringNode, readonly Use[]>();
  readonly #reported = new Set<StringNode>();

  constructor(onCycle: (node: StringNode, part: Use, circle: readonly string[]) => void) {
    this.#onCycle = onCycle;
  }

  search(scope: Scope): void {
    const done = new Set<string>();
    for (const name of scope.keys()) this.#follow(name, scope, [], done);
  }

  #follow(name: string, scope: Scope, stack: readonly string[], done: Set<string>): void {
    const node = scope.get(name);
    // What is nested deeper than this is refused when it is filled in.
    if (!node || done.has(name) || stack.length > MAX_NESTING) return;
    const path = [...stack, name];
    for (const part of this.#usesOf(node)) {
      const at = path.indexOf(part.name);
      if (at < 0) this.#follow(part.name, scope, path, done);
      else if (!this.#reported.has(node)) {
        this.#reported.add(node);
        this.#onCycle(node, part, [...path.slice(at), part.name]);
      }
    }
    done.add(name);
  }

  #usesOf(node: StringNode): readonly Use[] {
    let uses = this.#uses.get(node);
    if (!uses) {
      const first = new Map<string, Use>();
      for (const part of parts(node.value)) {
        if (part.kind === 'variable' && !first.has(part.name)) first.set(part.name, part);
      }
      uses = [...first.values()];
      this.#uses.set(node, uses);
    }
    return uses;
  }
}
