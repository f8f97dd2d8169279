import { textOf } from '../messageText.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';
import { isStompOpening } from './opening.js';

/** https://stomp.github.io/stomp-specification-1.2.html */
export const stomp = defineDialect({
  name: 'stomp',
  title: 'STOMP',
  closing,
  stateful: true,
  leave: /^DISCONNECT\r?\n/,
  recogniseMessages: (messages) => (messages.some((message) => isStompOpening(textOf(message))) ? 0.95 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
