import { defineDialect } from '../../close/closeCode.js';

export const stomp = defineDialect({
  name: 'stomp',
  title: 'STOMP',
  subprotocols: ['v10.stomp', 'v11.stomp', 'v12.stomp', 'stomp'],
  source: 'STOMP 1.2',
  note: 'The reason is in an ERROR frame before the close.',
});
