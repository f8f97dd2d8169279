import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const sockjs = defineDialect({
  name: 'sockjs',
  title: 'SockJS',
  closing,
  stateful: true,
  // STOMP carried inside.
  leave: /^\["DISCONNECT\\n/,
  isUrl: (path) => /\/\d{3}\/[\w.-]+\/websocket$/.test(path),
  recogniseGreeting: (text) => (text === 'o' ? 0.6 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
