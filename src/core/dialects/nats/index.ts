import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const nats = defineDialect({
  name: 'nats',
  title: 'NATS',
  closing,
  recogniseGreeting: (text) => (text.startsWith('INFO {') ? 0.9 : 0),
});
