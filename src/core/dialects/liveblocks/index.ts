import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const liveblocks = defineDialect({
  name: 'liveblocks',
  title: 'Liveblocks',
  closing,
  host: /(^|\.)liveblocks\.io$/,
});
