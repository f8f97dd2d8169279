import { defineDialect } from '../../close/closeCode.js';

export const wamp = defineDialect({
  name: 'wamp',
  title: 'WAMP',
  aliases: ['crossbar', 'autobahn'],
  subprotocols: ['wamp', /^wamp\.2\./],
  source: 'autobahn-js 22.11',
  note: 'The reason is a URI in ABORT or GOODBYE, such as `wamp.error.no_such_realm`, not the close code.',
});
