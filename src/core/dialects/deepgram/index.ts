import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const deepgram = defineDialect({
  name: 'deepgram',
  title: 'Deepgram',
  closing,
  host: /(^|\.)api\.deepgram\.com$/,
});
