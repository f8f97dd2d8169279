import { defineDialect } from '../../close/closeCode.js';

export const slack = defineDialect({
  name: 'slack',
  title: 'Slack Socket Mode',
  aliases: ['slack-socket-mode'],
  source: 'its JavaScript client',
  note: 'No private close codes are known: a `disconnect` message with a reason comes before the close.',
});
