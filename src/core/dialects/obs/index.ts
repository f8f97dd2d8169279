import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const obs = defineDialect({
  name: 'obs',
  title: 'OBS (obs-websocket 5)',
  closing,
  recogniseGreeting: (text) => (text.includes('"obsWebSocketVersion"') ? 0.9 : 0),
});
