import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const homeAssistant = defineDialect({
  name: 'home-assistant',
  title: 'Home Assistant',
  closing,
  isUrl: (path) => path.endsWith('/api/websocket'),
  recogniseGreeting: (text) => (text.startsWith('{"type":"auth_required"') ? 0.9 : 0),
});
