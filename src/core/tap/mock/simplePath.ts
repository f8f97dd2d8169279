/** A step of a path: a member or an element. */
export type Place = string | number;

const PART = /\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*)|\[(\d+)\]|\['([^'\\]*)'\]|\["([^"\\]*)"\]/gy;
const MAX_INDEX = 1_000;

/** The places of a path that names one value (`$.a[0]['b c']`); null for one that selects. */
export function placesOf(path: string): readonly Place[] | null {
  if (!path.startsWith('$')) return null;
  const places: Place[] = [];
  PART.lastIndex = 1;
  while (PART.lastIndex < path.length) {
    const found = PART.exec(path);
    if (found === null) return null;
    const [, member, index, single, double] = found;
    places.push(index === undefined ? (member ?? single ?? double ?? '') : Number(index));
  }
  return places.some((place) => typeof place === 'number' && place > MAX_INDEX) ? null : places;
}

/** A copy of a JSON value with another one at a place, made on the way there; `replaces`: in place of one that is there. */
export function putAt(json: unknown, [place, ...rest]: readonly Place[], value: unknown, replaces: boolean): unknown {
  if (place === undefined) return json === undefined || replaces ? value : json;
  if (typeof place === 'number') {
    const list: unknown[] = Array.isArray(json) ? [...(json as unknown[])] : [];
    while (list.length < place) list.push(null);
    list[place] = putAt(list[place], rest, value, replaces);
    return list;
  }
  const entries = typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
  const members = new Map<string, unknown>(entries);
  members.set(place, putAt(members.get(place), rest, value, replaces));
  return Object.fromEntries(members);
}
