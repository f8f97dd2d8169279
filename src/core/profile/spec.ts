import type { JsonNode, Member, NumberNode, ObjectNode, StringNode } from './jsonc.js';
import type { TextRule } from './checks.js';
import { quote, type Report, suggest } from './problems.js';

/** Bounds on what a file may hold, so that checks which multiply stay quick. */
export const MAX_ENTRIES = 1000;
export const MAX_ENVIRONMENTS = 100;
export const MAX_CLIENTS = 50;

/** What a value must be. */
export type Spec = (
  | { readonly kind: 'any' | 'boolean' | 'null' }
  | { readonly kind: 'text'; readonly rule?: TextRule; readonly code?: string; readonly values?: readonly string[] }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly fraction?: boolean;
      readonly values?: readonly number[];
    }
  | {
      readonly kind: 'list';
      readonly item: Spec;
      readonly min?: number;
      readonly max?: number;
      readonly unique?: string;
    }
  | {
      readonly kind: 'map';
      readonly value: Spec;
      readonly nameRule: TextRule;
      readonly code: string;
      readonly max?: number;
    }
  | ObjectSpec
  | { readonly kind: 'tagged'; readonly tag: string; readonly variants: Readonly<Record<string, ObjectSpec>> }
  | {
      readonly kind: 'union';
      readonly expected: string;
      readonly by: Readonly<Partial<Record<JsonNode['type'], Spec>>>;
    }
) & { readonly check?: Check };

export interface ObjectSpec {
  readonly kind: 'object';
  readonly keys: Readonly<Record<string, Spec>>;
  readonly required?: readonly string[];
  /** Exactly one of these keys must stand in the object. */
  readonly oneOf?: readonly string[];
  readonly check?: Check;
  /** What has these keys, in words; by default a profile. */
  readonly of?: string;
}

/** A rule about a value as a whole, run when its shape is right. */
export type Check = (node: JsonNode, report: Report, where: string) => void;

/** Reports everything about `node` that breaks `spec`. `where` names it for people: `timeouts.connectMs`. */
export function validate(node: JsonNode, spec: Spec, report: Report, where: string): void {
  let sound = true;
  const note: Report = (code, at, message, severity) => {
    if (severity !== 'warning') sound = false;
    report(code, at, message, severity);
  };
  validateShape(node, spec, note, where);
  if (sound) spec.check?.(node, note, where);
}

function validateShape(node: JsonNode, spec: Spec, report: Report, where: string): void {
  switch (spec.kind) {
    case 'any':
      return;
    case 'boolean':
    case 'null':
      if (node.type !== spec.kind) wrongType(node, spec.kind === 'null' ? 'null' : 'true or false', report, where);
      return;
    case 'text':
      if (node.type !== 'string') wrongType(node, 'a text in double quotes', report, where);
      else validateText(node, spec, report, where);
      return;
    case 'number':
      if (node.type !== 'number') wrongType(node, 'a number', report, where);
      else validateNumber(node, spec, report, where);
      return;
    case 'list':
      if (node.type !== 'array') wrongType(node, 'a list in [ ]', report, where);
      else validateList(node.items, node, spec, report, where);
      return;
    case 'map':
      if (node.type !== 'object') wrongType(node, 'an object in { }', report, where);
      else validateMap(node, spec, report, where);
      return;
    case 'object':
      if (node.type !== 'object') wrongType(node, 'an object in { }', report, where);
      else validateObject(node, spec, report, where);
      return;
    case 'tagged':
      if (node.type !== 'object') wrongType(node, 'an object in { }', report, where);
      else validateTagged(node, spec, report, where);
      return;
    case 'union': {
      const chosen = spec.by[node.type];
      if (chosen) validate(node, chosen, report, where);
      else wrongType(node, spec.expected, report, where);
    }
  }
}

type Of<K extends Spec['kind']> = Extract<Spec, { readonly kind: K }>;

function wrongType(node: JsonNode, expected: string, report: Report, where: string): void {
  const got = { object: 'an object', array: 'a list', string: 'a text', number: 'a number', boolean: '', null: 'null' };
  const actual = node.type === 'boolean' ? String(node.value) : got[node.type];
  report('wrong-type', node, `${subject(where)} must be ${expected}, not ${actual}.`);
}

function validateText(node: StringNode, spec: Of<'text'>, report: Report, where: string): void {
  if (node.open) return;
  if (spec.values && !spec.values.includes(node.value)) {
    const near = suggest(node.value, spec.values);
    const hint = near === null ? '' : ` Did you mean "${near}"?`;
    report('invalid-value', node, `${subject(where)} must be ${choice(spec.values)}.${hint}`);
    return;
  }
  const wrong = spec.rule?.(node.value) ?? null;
  if (wrong !== null) {
    const sentence = /^[A-Z]/.test(wrong) ? wrong : `${subject(where)} ${wrong}`;
    report(spec.code ?? 'invalid-value', node, sentence);
  }
}

function validateNumber(node: NumberNode, spec: Of<'number'>, report: Report, where: string): void {
  const whole = Number.isInteger(node.value) || spec.fraction === true;
  if (!whole || node.value < spec.min || node.value > spec.max || !Number.isFinite(node.value)) {
    const kind = spec.fraction ? 'a number' : 'a whole number';
    report('out-of-range', node, `${subject(where)} must be ${kind} from ${spec.min} to ${spec.max}.`);
  } else if (spec.values && !spec.values.includes(node.value)) {
    report('invalid-value', node, `${subject(where)} must be ${listed(spec.values.map(String))}.`);
  }
}

function validateList(
  items: readonly JsonNode[],
  node: JsonNode,
  spec: Of<'list'>,
  report: Report,
  where: string,
): void {
  if (items.length < (spec.min ?? 0)) report('invalid-value', node, `${subject(where)} must not be an empty list.`);
  const surplus = spec.max === undefined ? undefined : items[spec.max];
  if (surplus) report('too-large', surplus, `${subject(where)} may hold at most ${spec.max} entries.`);
  const seen = new Set<string>();
  for (const [index, item] of items.slice(0, spec.max).entries()) {
    validate(item, spec.item, report, `${where}[${index}]`);
    if (spec.unique === undefined || item.type !== 'string' || item.open) continue;
    if (seen.has(item.value)) report(spec.unique, item, `${quote(item.value)} stands twice in ${subject(where)}.`);
    seen.add(item.value);
  }
}

function validateMap(node: ObjectNode, spec: Of<'map'>, report: Report, where: string): void {
  const max = spec.max ?? MAX_ENTRIES;
  const surplus = node.members[max];
  if (surplus) report('too-large', surplus.key, `${subject(where)} may hold at most ${max} entries.`);
  for (const member of node.members.slice(0, max)) validateEntry(member, spec, report, where);
}

function validateEntry(member: Member, spec: Of<'map'>, report: Report, where: string): void {
  const wrong = spec.nameRule(member.key.name);
  if (wrong !== null) report(spec.code, member.key, `${quote(member.key.name)} in ${subject(where)} ${wrong}`);
  else validate(member.value, spec.value, report, join(where, member.key.name));
}

function validateObject(node: ObjectNode, spec: ObjectSpec, report: Report, where: string): void {
  for (const { key, value } of node.members) {
    const known = Object.hasOwn(spec.keys, key.name) ? spec.keys[key.name] : undefined;
    if (!known) {
      report('unknown-key', key, () => unknownKey(key.name, spec, where));
      continue;
    }
    validate(value, known, report, join(where, key.name));
  }
  const start = { offset: node.offset, length: 1 };
  for (const name of spec.required ?? []) {
    if (!node.members.some(({ key }) => key.name === name)) {
      report('missing-key', start, `${subject(where)} needs the key ${quote(name)}.`);
    }
  }
  if (!spec.oneOf) return;
  const present = node.members.filter(({ key }) => spec.oneOf?.includes(key.name));
  if (present.length !== 1) {
    const names = spec.oneOf.map(quote).join(', ');
    report('invalid-value', present[1]?.key ?? start, `${subject(where)} must have exactly one of ${names}.`);
  }
}

/** More are looked up in the reference. */
const MAX_LISTED_KEYS = 20;

function unknownKey(name: string, spec: ObjectSpec, where: string): string {
  const keys = Object.keys(spec.keys);
  const near = suggest(name, keys);
  const all =
    where === '' || keys.length > MAX_LISTED_KEYS ? '' : ` What may stand there: ${keys.map(quote).join(', ')}.`;
  const hint = near === null ? all : ` Did you mean ${quote(near)}?`;
  return `${quote(join(where, name))} is not a key of ${spec.of ?? 'a profile'}.${hint}`;
}

function validateTagged(node: ObjectNode, spec: Of<'tagged'>, report: Report, where: string): void {
  const tag = node.members.find(({ key }) => key.name === spec.tag);
  const names = Object.keys(spec.variants);
  if (!tag) {
    const start = { offset: node.offset, length: 1 };
    report('missing-key', start, `${subject(where)} needs the key ${quote(spec.tag)}: ${choice(names)}.`);
    return;
  }
  if (tag.value.type === 'string' && Object.hasOwn(spec.variants, tag.value.value)) {
    const variant = spec.variants[tag.value.value];
    if (variant) validate(node, variant, report, where);
    return;
  }
  if (tag.value.type === 'string' && tag.value.open) return;
  validate(tag.value, { kind: 'text', values: names }, report, join(where, spec.tag));
}

function choice(values: readonly string[]): string {
  return listed(values.map((value) => `"${value}"`));
}

function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function subject(where: string): string {
  return where === '' ? 'A profile' : quote(where);
}

function join(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`;
}
