import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const colyseus = defineDialect({
  name: 'colyseus',
  title: 'Colyseus',
  closing,
});
