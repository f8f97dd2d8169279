import { decoded } from '../decoded.js';
import { defineDialect } from '../defineDialect.js';
import type { Decoded, Dialect } from '../dialect.js';
import { jsonDecoder, jsonShapes } from '../jsonMessages.js';
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

function score(shape: Shape): number {
  const type = stringOf(shape, 'type');
  const { length } = shape.keys();
  // Seconds since 1970, every three seconds.
  if (type === 'ping' && length === 2 && /^\d{10}$/.test(shape.get('message')?.text ?? '')) return 0.9;
  if (stringOf(shape, 'identifier')?.includes('"channel"')) return 0.9;
  return type === 'welcome' && length === 1 ? 0.45 : 0;
}

/** Action Cable of Ruby on Rails, `actioncable-v1-json`. */
export const actionCable: Dialect = defineDialect({
  name: 'action-cable',
  title: 'Action Cable',
  recogniseMessages: (messages) => Math.max(0, ...jsonShapes(messages).map(score)),
  createDecoder: () => jsonDecoder(decode, 'an Action Cable message'),
});
