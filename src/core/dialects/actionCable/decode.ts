import { decoded } from '../decoded.js';
import type { Decoded, DialectDecoder } from '../dialect.js';
import { jsonDecoder } from '../jsonMessages.js';
import { readJson } from '../shape/jsonShape.js';
import { type Shape, stringOf } from '../shape/shape.js';
import { withEmbedded } from '../value/embedded.js';

const types: Readonly<Record<string, Decoded['role']>> = {
  welcome: 'control',
  ping: 'heartbeat',
  disconnect: 'control',
  confirm_subscription: 'reply',
  reject_subscription: 'error',
};
const commands: Readonly<Record<string, Decoded['role']>> = {
  subscribe: 'request',
  unsubscribe: 'control',
  message: 'event',
};

function decode(shape: Shape): Decoded | null {
  const identifier = stringOf(shape, 'identifier');
  const channel = channelOf(identifier);
  const value = withEmbedded(shape, ['identifier', 'data']);
  const type = stringOf(shape, 'type');
  if (type !== null && Object.hasOwn(types, type)) {
    const about = channel ?? stringOf(shape, 'reason');
    return decoded({ label: [type, about], role: types[type] ?? 'event', correlation: identifier, value });
  }
  const command = stringOf(shape, 'command');
  if (command !== null && Object.hasOwn(commands, command)) {
    const action = stringOf(readJson(stringOf(shape, 'data') ?? '').shape, 'action');
    const operation = [command, channel, action].filter(Boolean).join(' ');
    const correlation = command === 'message' ? null : identifier;
    return decoded({ label: operation, role: commands[command] ?? 'event', correlation, operation, value });
  }
  if (identifier === null) return null;
  return decoded({ label: ['message', channel], role: 'event', operation: channel, value });
}

/** The identifier is JSON in a string: `{"channel":"ChatChannel","room":"1"}`. */
function channelOf(identifier: string | null): string | null {
  if (identifier === null) return null;
  return stringOf(readJson(identifier).shape, 'channel') ?? identifier;
}

export function createDecoder(): DialectDecoder {
  return jsonDecoder(decode, 'an Action Cable message');
}
