import type { Direction } from '../base/model.js';
import { boundsOf, type Contract, type ContractType, type JsonType, MAX_ITEMS, type Shape } from './contract.js';
import { pathText } from './places.js';
import type { Content } from './said.js';
import { jsonTypeOf } from './shapeLearner.js';
import { typeIn } from './typeIn.js';

/** Where a message departs from a contract. */
export interface Departure {
  readonly type: string;
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

type Path = readonly (string | number)[];

const MAX_SHOWN = 200;
const MAX_DEPTH = 64;

/** Holds messages against a contract. */
export class ContractCheck {
  readonly #contract: Contract;
  readonly #types = new Map<string, ContractType>();

  constructor(contract: Contract) {
    this.#contract = contract;
    for (const type of contract.types) this.#types.set(`${type.direction} ${type.name}`, type);
  }

  /** The first departure of a message; null: it is as it was learned. Never throws. */
  departure(direction: Direction, content: Content): Departure | null {
    const { name, path } = typeIn(content, this.#contract.discriminators[direction] ?? null);
    const type = this.#types.get(`${direction} ${name}`);
    if (type === undefined) {
      const known = this.#contract.types.filter((each) => each.direction === direction).map((each) => each.name);
      return { type: name, path: path ?? '$', expected: listed(known), actual: shown(name) };
    }
    if (content.value instanceof Uint8Array) return null;
    const found = departureIn(content.value, type.shape, []);
    return found && { type: name, ...found };
  }
}

type Found = Omit<Departure, 'type'>;

function departureIn(value: unknown, shape: Shape, path: Path): Found | null {
  if (shape.types.length === 0 || path.length > MAX_DEPTH) return null;
  const type = jsonTypeOf(value);
  if (!takes(shape.types, type)) return found(path, shape.types.join(' or '), `${type} ${shown(value)}`);
  if (typeof value === 'string' && shape.values !== undefined && !shape.values.includes(value))
    return found(path, listed(shape.values), shown(value));
  if (typeof value === 'number') return numberDeparture(value, shape, path);
  if (Array.isArray(value)) return arrayDeparture(value as readonly unknown[], shape, path);
  if (typeof value === 'object' && value !== null)
    return objectDeparture(value as Readonly<Record<string, unknown>>, shape, path);
  return null;
}

function numberDeparture(value: number, shape: Shape, path: Path): Found | null {
  const bounds = boundsOf(shape);
  if (bounds === null || (value >= bounds.min && value <= bounds.max)) return null;
  return found(path, `about ${shape.min} to ${shape.max}`, String(value));
}

function arrayDeparture(list: readonly unknown[], { elements, items }: Shape, path: Path): Found | null {
  for (const [at, item] of list.slice(0, MAX_ITEMS).entries()) {
    const shape = elements === undefined ? items : elements[at];
    const departure = shape === undefined ? null : departureIn(item, shape, [...path, at]);
    if (departure !== null) return departure;
  }
  return null;
}

function objectDeparture(value: Readonly<Record<string, unknown>>, shape: Shape, path: Path): Found | null {
  // Nothing is known of what stands below a name that is data.
  if (shape.fields === undefined) return null;
  const { fields } = shape;
  for (const [name, field] of Object.entries(fields))
    if (field.required && !Object.hasOwn(value, name))
      return found([...path, name], field.types.join(' or '), 'nothing');
  for (const [name, item] of Object.entries(value)) {
    const known = Object.hasOwn(fields, name) ? fields[name] : shape.others;
    if (known === undefined) return found([...path, name], 'nothing', shown(item));
    const departure = departureIn(item, known, [...path, name]);
    if (departure !== null) return departure;
  }
  return null;
}

/** A whole number may stand where fractions did, and not the other way round. */
function takes(types: readonly JsonType[], type: JsonType): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'));
}

function found(path: Path, expected: string, actual: string): Found {
  return { path: pathText(path), expected, actual };
}

function listed(values: readonly string[]): string {
  if (values.length === 0) return 'no message at all';
  return shortened(values.length === 1 ? shown(values[0]) : `one of ${values.map(shown).join(', ')}`);
}

function shown(value: unknown): string {
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    return '(nested too deep to be shown)';
  }
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
