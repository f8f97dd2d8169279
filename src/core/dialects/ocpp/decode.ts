import { decoded, hash } from '../decoded.js';
import type { Decoded, DialectDecoder } from '../dialect.js';
import { jsonDecoder } from '../jsonMessages.js';
import type { Shape } from '../shape/shape.js';

/** Where the parts stand (OCPP-J 1.6 section 4, OCPP 2.1 part 4). */
const layouts: Readonly<Record<string, readonly [role: Decoded['role'], ...fields: string[]]>> = {
  2: ['request', 'id', 'action', 'payload'],
  3: ['reply', 'id', 'payload'],
  4: ['error', 'id', 'code', 'description', 'details'],
  5: ['error', 'id', 'code', 'description', 'details'],
  6: ['event', 'id', 'action', 'payload'],
};

function decode(shape: Shape): Decoded | null {
  const type = shape.at(0);
  const layout = type?.kind === 'number' && Object.hasOwn(layouts, type.text) ? layouts[type.text] : undefined;
  const id = shape.at(1);
  if (!type || !layout || id?.kind !== 'string') return null;
  const [role, ...fields] = layout;
  const action = fields.includes('action') ? (shape.at(2)?.text ?? '') : null;
  const beats = role === 'request' && action === 'Heartbeat';
  const failed = role === 'error' ? [shape.at(2)?.text, shape.at(3)?.text] : [];
  return decoded({
    label: [`[${type.text}]`, action, hash(id.text), ...failed],
    role: beats ? 'heartbeat' : role,
    // CALLRESULTERROR (5) answers a result, and nobody answers SEND (6).
    correlation: type.text === '5' || type.text === '6' ? null : id.text,
    operation: action,
    value: () => valueOf(shape, type.text, fields),
  });
}

function valueOf(shape: Shape, type: string, fields: readonly string[]): unknown {
  const value = new Map<string, unknown>([['messageType', Number(type)]]);
  for (const [index, field] of fields.entries()) value.set(field, shape.at(index + 1)?.value());
  return value;
}

export function createDecoder(): DialectDecoder {
  return jsonDecoder(decode, 'an OCPP message');
}
