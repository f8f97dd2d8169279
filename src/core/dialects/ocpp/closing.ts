import { defineDialect } from '../../close/closeCode.js';

export const ocpp = defineDialect({
  name: 'ocpp',
  title: 'OCPP',
  subprotocols: [/^ocpp\d/],
  source: 'OCPP-J 1.6',
  note: 'No private close codes: errors are CALLERROR messages [4,…].',
});
