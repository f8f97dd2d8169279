import { defineDialect } from '../../close/closeCode.js';

export const twilio = defineDialect({
  name: 'twilio',
  title: 'Twilio Media Streams',
  aliases: ['twilio-media-streams'],
  source: 'twilio.com/docs/api/errors',
  note: 'Twilio is the client here: failures appear in its debugger as 31902 (refused), 31920 (handshake) or 31924 (protocol).',
});
