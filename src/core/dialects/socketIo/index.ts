import type { DialectMessage } from '../dialect.js';
import { textOf } from '../messageText.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

/** Engine.IO packets open with one digit, so only what no chat would say counts. */
function recogniseText(message: DialectMessage): number {
  if (message.binary) return 0;
  const text = textOf(message);
  if (text.startsWith('0{"sid":"')) return 0.97;
  if (/^42(\/[\w-]+,)?\d*\["/.test(text)) return 0.7;
  return /^40(\/[\w-]+,)?(\{"sid":".*\})$/.test(text) ? 0.8 : 0;
}

/** https://socket.io/docs/v4/engine-io-protocol and socket-io-protocol, revisions 3 and 4 of the first. */
export const socketIo = defineDialect({
  name: 'socket.io',
  title: 'Socket.IO / Engine.IO',
  closing,
  stateful: true,
  leave: /^1$/,
  // Of revision 4 the server pings; in 3 it never says this.
  heartbeat: { ping: '2', pong: '3' },
  isUrl: (path, query) => query.has('EIO') || path.endsWith('/socket.io') || path.endsWith('/engine.io'),
  recogniseMessages: (messages) => Math.max(0, ...messages.map(recogniseText)),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
