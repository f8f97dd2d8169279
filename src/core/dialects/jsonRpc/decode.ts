import { plainText } from '../../base/plainText.js';
import { counted, decoded, hash, tooMany } from '../decoded.js';
import type { Decoded, DialectDecoder } from '../dialect.js';
import { jsonDecoder } from '../jsonMessages.js';
import { idOf, type Shape, stringOf } from '../shape/shape.js';

const MAX_BATCH = 256;

function decode(shape: Shape): readonly Decoded[] | null {
  if (shape.kind === 'object') {
    const one = decodeOne(shape, null);
    return one && [one];
  }
  const { size } = shape;
  const calls: Decoded[] = [];
  for (let i = 0; i < Math.min(size, MAX_BATCH); i++) {
    const call = shape.at(i);
    const one = call?.kind === 'object' ? decodeOne(call, `batch ${i + 1}/${size}:`) : null;
    if (one) calls.push(one);
  }
  if (size > MAX_BATCH) {
    calls.push(tooMany(`${size - MAX_BATCH} calls`, 'calls'));
  }
  return calls.length === 0 ? null : calls;
}

function decodeOne(shape: Shape, prefix: string | null): Decoded | null {
  const id = idOf(shape.get('id'));
  const method = stringOf(shape, 'method');
  if (method !== null) {
    const params = shape.get('params');
    const operation = operationOf(method, params);
    return decoded({
      label: [prefix, operation, id === null ? 'notification' : hash(id), argsOf(params)],
      role: id === null ? 'event' : 'request',
      correlation: id,
      operation,
    });
  }
  const error = shape.get('error');
  if (error !== null && error.kind !== 'null') {
    return decoded({
      label: [prefix, 'error', hash(id), error.get('code')?.text, stringOf(error, 'message')],
      role: 'error',
      correlation: id,
    });
  }
  const result = shape.get('result');
  if (result === null) return null;
  return decoded({
    label: [prefix, 'result', hash(id), result.kind === 'object' ? null : plainText(result.text, 60)],
    role: 'reply',
    correlation: id,
  });
}

/** Methods that call a thing by name (Model Context Protocol): the name is what differs. */
function operationOf(method: string, params: Shape | null): string {
  const called = /^(tools\/call|prompts\/get|resources\/(read|subscribe))$/.test(method);
  const name = called ? (stringOf(params, 'name') ?? stringOf(params, 'uri')) : null;
  return name === null ? method : `${method} ${name}`;
}

function argsOf(params: Shape | null): string | null {
  return params?.kind === 'array' && params.size > 0 ? counted(params.size, 'arg') : null;
}

export function createDecoder(): DialectDecoder {
  return jsonDecoder(decode, 'a JSON-RPC call or reply');
}
