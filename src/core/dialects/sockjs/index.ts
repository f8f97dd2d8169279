import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const sockjs = defineDialect({
  name: 'sockjs',
  title: 'SockJS',
  closing,
  isUrl: (path) => /\/\d{3}\/[\w.-]+\/websocket$/.test(path),
  recogniseGreeting: (text) => (text === 'o' ? 0.6 : 0),
});
