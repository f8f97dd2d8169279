import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const hocuspocus = defineDialect({
  name: 'hocuspocus',
  title: 'Hocuspocus (Yjs)',
  closing,
});
