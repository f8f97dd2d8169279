import { defineDialect } from '../../close/closeCode.js';

export const actionCable = defineDialect({
  name: 'action-cable',
  title: 'Rails Action Cable',
  aliases: ['actioncable', 'rails'],
  subprotocols: ['actioncable-v1-json', 'actioncable-unsupported'],
  source: '@rails/actioncable 8.1',
  note: 'The reason is in a message {"type":"disconnect","reason":…,"reconnect":…}: unauthorized, invalid_request, server_restart or remote.',
});
