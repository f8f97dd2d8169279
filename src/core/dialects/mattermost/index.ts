import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const mattermost = defineDialect({
  name: 'mattermost',
  title: 'Mattermost',
  closing,
  isUrl: (path) => path.endsWith('/api/v4/websocket'),
});
