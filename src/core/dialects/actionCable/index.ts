import { jsonShapes } from '../jsonMessages.js';
import { type Shape, stringOf } from '../shape/shape.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

function score(shape: Shape): number {
  const type = stringOf(shape, 'type');
  const { length } = shape.keys();
  // Seconds since 1970, every three seconds.
  if (type === 'ping' && length === 2 && /^\d{10}$/.test(shape.get('message')?.text ?? '')) return 0.9;
  if (stringOf(shape, 'identifier')?.includes('"channel"')) return 0.9;
  return type === 'welcome' && length === 1 ? 0.45 : 0;
}

/** Action Cable of Ruby on Rails, `actioncable-v1-json`. */
export const actionCable = defineDialect({
  name: 'action-cable',
  title: 'Rails Action Cable',
  closing,
  isUrl: (path) => path.endsWith('/cable'),
  recogniseGreeting: (text) => (/^\{"type":"welcome"(,"sid":"[^"]*")?\}$/.test(text) ? 0.5 : 0),
  recogniseMessages: (messages) => Math.max(0, ...jsonShapes(messages).map(score)),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
