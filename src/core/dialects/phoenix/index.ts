import { defineDialect } from '../defineDialect.js';
import { jsonShapes } from '../jsonMessages.js';
import type { Shape } from '../shape/shape.js';
import { closing } from './closing.js';
import { fromArray, fromObject } from './message.js';

/** Channel events that only Phoenix has; both of its heads must look right. */
function isPhoenix(shape: Shape): boolean {
  const message = shape.kind === 'array' ? fromArray(shape) : fromObject(shape);
  if (message === null || (shape.kind === 'array' ? shape.size !== 5 : shape.get('payload') === null)) return false;
  return message.event.startsWith('phx_') || (message.topic === 'phoenix' && message.event === 'heartbeat');
}

/** Channels of the Phoenix framework, serializers V1 and V2; Supabase Realtime speaks it too. */
export const phoenix = defineDialect({
  name: 'phoenix',
  title: 'Phoenix channels',
  closing,
  isUrl: (path, query) => path.endsWith('/websocket') && query.has('vsn'),
  recogniseMessages: (messages) => (jsonShapes(messages).some(isPhoenix) ? 0.9 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
