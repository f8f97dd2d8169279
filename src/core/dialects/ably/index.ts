import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const ably = defineDialect({
  name: 'ably',
  title: 'Ably',
  closing,
  host: /(^|\.)ably\.(io|com|net)$/,
});
