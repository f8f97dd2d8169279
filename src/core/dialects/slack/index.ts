import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const slack = defineDialect({
  name: 'slack',
  title: 'Slack Socket Mode',
  closing,
  host: /(^|\.)slack\.com$/,
});
