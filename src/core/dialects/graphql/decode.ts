import { decoded, hash } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { graphqlOperation } from './operation.js';
import { jsonDecoder } from '../jsonMessages.js';
import { idOf, type Shape, stringOf } from '../shape/shape.js';

type Role = Decoded['role'];
type Pairs = 'connection' | 'id' | 'ping' | 'publish' | null;

/** Message types of both protocols, and of AppSync Events: they do not collide, and servers of both kinds mix them. */
const types: Readonly<Record<string, readonly [role: Role, pairs: Pairs]>> = {
  connection_init: ['request', 'connection'],
  connection_ack: ['reply', 'connection'],
  connection_error: ['error', 'connection'],
  connection_terminate: ['control', null],
  connection_keep_alive: ['heartbeat', null],
  ka: ['heartbeat', null],
  ping: ['heartbeat', 'ping'],
  pong: ['heartbeat', 'ping'],
  subscribe: ['request', 'id'],
  start: ['request', 'id'],
  next: ['reply', 'id'],
  data: ['reply', 'id'],
  start_ack: ['reply', 'id'],
  subscribe_success: ['reply', 'id'],
  subscribe_error: ['error', 'id'],
  error: ['error', 'id'],
  complete: ['reply', 'id'],
  stop: ['control', 'id'],
  unsubscribe: ['request', 'publish'],
  unsubscribe_success: ['reply', 'publish'],
  unsubscribe_error: ['error', 'publish'],
  publish: ['request', 'publish'],
  publish_success: ['reply', 'publish'],
  publish_error: ['error', 'publish'],
  broadcast_error: ['error', null],
};

function decode(shape: Shape, { direction }: DialectMessage): Decoded | null {
  const type = stringOf(shape, 'type');
  const known = type !== null && Object.hasOwn(types, type) ? types[type] : undefined;
  if (type === null || !known) return null;
  const [role, pairs] = known;
  const id = idOf(shape.get('id'));
  const payload = shape.get('payload');
  const operation = operationOf(type, role, shape, payload);
  const failed = role === 'reply' && (payload?.get('errors')?.size ?? 0) > 0;
  return decoded({
    label: [type, hash(id), role === 'request' && aboutOf(type, operation), failed && '(errors)'],
    role: failed ? 'error' : roleOf(type, role, direction),
    correlation: correlationOf(pairs, id),
    operation,
  });
}

/** `complete` of the one who asked withdraws the question. */
function roleOf(type: string, role: Role, direction: DialectMessage['direction']): Role {
  return type === 'complete' && direction === 'sent' ? 'control' : role;
}

function correlationOf(pairs: Pairs, id: string | null): string | null {
  if (pairs === 'connection' || pairs === 'ping') return pairs;
  if (id === null || pairs === null) return null;
  return pairs === 'publish' ? `${pairs} ${id}` : id;
}

function operationOf(type: string, role: Role, shape: Shape, payload: Shape | null): string | null {
  if (type === 'ping' || type === 'connection_init') return type;
  if (role !== 'request') return null;
  const channel = stringOf(shape, 'channel');
  if (channel !== null) return `${type} /${channel.replace(/^\//, '')}`;
  return payload === null ? type : graphqlOperation(payload);
}

/** The operation without the type that the label names already. */
function aboutOf(type: string, operation: string | null): string | null {
  if (operation === null || operation === type) return null;
  return operation.startsWith(`${type} /`) ? operation.slice(type.length + 1) : operation;
}

export function createDecoder(): DialectDecoder {
  return jsonDecoder(decode, 'a message of this GraphQL protocol');
}
