import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const twilio = defineDialect({
  name: 'twilio',
  title: 'Twilio Media Streams',
  closing,
});
