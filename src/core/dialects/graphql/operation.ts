import { readJson } from '../shape/jsonShape.js';
import { type Shape, stringOf } from '../shape/shape.js';

const named = /(?:^|[\s}])(query|mutation|subscription)\s+([_A-Za-z]\w*)/;
const field = /^\s*(query|mutation|subscription)?[^{]*\{\s*(?:[_A-Za-z]\w*\s*:\s*)?([_A-Za-z]\w*)/;
const MAX_QUERY = 2_000;

/** Name of the operation that a payload asks for: given, else of the document, else its first field (`{ orders }`). */
export function graphqlOperation(payload: Shape): string {
  const name = stringOf(payload, 'operationName');
  if (name) return name;
  const query = stringOf(payload, 'query') ?? appSyncQuery(payload);
  if (query === null) return 'subscribe';
  const document = query.slice(0, MAX_QUERY);
  const [, kind, given] = named.exec(document) ?? [];
  if (given !== undefined) return given;
  const [, of = kind ?? 'query', first] = field.exec(document) ?? [];
  return first === undefined ? 'subscribe' : `${of} { ${first} }`;
}

/** AppSync puts the request into `data` as JSON in a string. */
function appSyncQuery(payload: Shape): string | null {
  const data = stringOf(payload, 'data');
  const inner = data === null ? null : readJson(data).shape;
  return inner === null ? null : (stringOf(inner, 'operationName') ?? stringOf(inner, 'query'));
}
