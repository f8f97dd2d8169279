import { isSecretParameter } from '../redaction/redactor.js';
import { type Field, type JsonType, MAX_ITEMS, type Shape } from './contract.js';
import { normaliseString, type Volatile, volatileKey } from './normalise.js';
import { isWord } from './typeIn.js';

const MAX_DEPTH = 16;
const MAX_FIELDS = 200;
const MAX_ELEMENTS = 10;
const MAX_VALUES = 20;
const MAX_KEY_LENGTH = 200;
/** So often texts must have come before those that came are all there are. */
const MIN_FOR_VALUES = 5;
/** An object with as many names, most of them rare, holds data under its names. */
const MIN_FOR_MAP = 20;
const RARE_SHARE = 0.2;

/** Places that one contract follows; what is in others may be anything. */
export class PlaceBudget {
  left = 50_000;
}

/** Learns what stands in one place of a message from all that stood there. */
export class ShapeLearner {
  count = 0;
  readonly #types = new Set<JsonType>();
  readonly #budget: PlaceBudget;
  readonly #depth: number;
  readonly #key: string | null;
  #values: Set<string> | null;
  #texts = 0;
  #changing: Volatile | null = null;
  #isStable = false;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #objects = 0;
  readonly #fields = new Map<string, ShapeLearner>();
  #others: ShapeLearner | null = null;
  #items: ShapeLearner | null = null;
  readonly #elements: ShapeLearner[] = [];
  #isCut = false;

  constructor(budget: PlaceBudget, depth = 0, key: string | null = null) {
    this.#budget = budget;
    this.#depth = depth;
    this.#key = key;
    this.#values = key !== null && (isSecretParameter(key) || volatileKey(key) !== null) ? null : new Set();
  }

  add(value: unknown): void {
    this.count += 1;
    if (this.#depth > MAX_DEPTH) {
      this.#isCut = true;
      return;
    }
    const type = jsonTypeOf(value);
    this.#types.add(type);
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'number') this.#addNumber(value);
    else if (Array.isArray(value)) this.#addArray(value as readonly unknown[]);
    else if (typeof value === 'object' && value !== null) this.#addObject(value as Readonly<Record<string, unknown>>);
  }

  shape(): Shape {
    if (this.#isCut) return { types: [], count: this.count };
    const changing = this.#changingWord();
    const values = this.#enumeration(changing !== null);
    return {
      types: [...this.#types],
      count: this.count,
      ...(values === null ? {} : { values }),
      ...(changing === null ? {} : { changing }),
      ...(this.#min > this.#max || changing !== null ? {} : { min: this.#min, max: this.#max }),
      ...this.#objectShape(),
      ...(this.#items === null ? {} : { items: this.#items.shape() }),
      ...(this.#elements.length === 0 ? {} : { elements: this.#elements.map((each) => each.shape()) }),
    };
  }

  #addText(text: string): void {
    this.#texts += 1;
    const form = normaliseString(text);
    const volatile = form === '<id>' || form === '<time>' ? form : null;
    if (volatile === null) this.#isStable = true;
    else this.#changing ??= volatile;
    if (this.#values === null) return;
    if (isWord(text)) this.#values.add(text);
    if (!isWord(text) || this.#values.size > MAX_VALUES) this.#values = null;
  }

  #addNumber(value: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  #addArray(list: readonly unknown[]): void {
    if (this.#depth > 0) {
      this.#items ??= this.#place(null);
      for (const item of list.slice(0, MAX_ITEMS)) this.#items?.add(item);
      return;
    }
    for (const [at, item] of list.entries()) {
      if (at >= MAX_ELEMENTS) break;
      const element = this.#elements[at] ?? this.#place(null);
      if (element === null) return;
      this.#elements[at] = element;
      element.add(item);
    }
  }

  #addObject(value: Readonly<Record<string, unknown>>): void {
    this.#objects += 1;
    for (const [name, item] of Object.entries(value)) {
      const known = this.#fields.get(name);
      if (known) known.add(item);
      else if (this.#fields.size >= MAX_FIELDS || name.length > MAX_KEY_LENGTH) this.#addOther(item);
      else {
        const field = this.#place(name);
        if (field === null) return;
        this.#fields.set(name, field);
        field.add(item);
      }
    }
  }

  #addOther(item: unknown): void {
    this.#others ??= this.#place(null);
    this.#others?.add(item);
  }

  #place(key: string | null): ShapeLearner | null {
    if (this.#budget.left <= 0) {
      this.#isCut = true;
      return null;
    }
    this.#budget.left -= 1;
    return new ShapeLearner(this.#budget, this.#depth + 1, key);
  }

  #objectShape(): Pick<Shape, 'fields' | 'others'> {
    if (this.#objects === 0) return {};
    const fields = [...this.#fields];
    const rare = fields.filter(([, { count }]) => count <= this.#objects * RARE_SHARE);
    const isMap = fields.length >= MIN_FOR_MAP && rare.length > fields.length / 2;
    const named = isMap ? fields.filter((field) => !rare.includes(field)) : fields;
    const others = isMap ? merged(rare.map(([, field]) => field.shape())) : (this.#others?.shape() ?? null);
    const told = named.map(([name, field]): [string, Field] => [
      name,
      { required: field.count === this.#objects, ...field.shape() },
    ]);
    return { fields: Object.fromEntries(told), ...(others === null ? {} : { others }) };
  }

  #changingWord(): NonNullable<Shape['changing']> | null {
    const byKey = this.#key === null ? null : volatileKey(this.#key);
    const told = byKey ?? (this.#isStable ? null : this.#changing);
    return told === null ? null : told === '<id>' ? 'id' : told === '<time>' ? 'time' : 'sequence';
  }

  #enumeration(isChanging: boolean): readonly string[] | null {
    const values = this.#values;
    if (isChanging || values === null || values.size === 0 || this.#texts < MIN_FOR_VALUES) return null;
    return values.size * 2 <= this.#texts ? [...values].toSorted() : null;
  }
}

export function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as JsonType;
  return 'object';
}

/** What members whose names are data have in common: their types; of objects and arrays no more. */
function merged(shapes: readonly Shape[]): Shape {
  const types = new Set(shapes.flatMap((shape) => shape.types));
  const isCut = shapes.some((shape) => shape.types.length === 0);
  return { types: isCut ? [] : [...types], count: shapes.reduce((sum, { count }) => sum + count, 0) };
}
