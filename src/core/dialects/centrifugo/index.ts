import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const centrifugo = defineDialect({
  name: 'centrifugo',
  title: 'Centrifugo',
  closing,
  isUrl: (path) => path.endsWith('/connection/websocket'),
});
