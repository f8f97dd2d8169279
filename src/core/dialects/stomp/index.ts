import { textOf } from '../messageText.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

const opening =
  /^(CONNECT|STOMP|CONNECTED|SEND|SUBSCRIBE|UNSUBSCRIBE|BEGIN|COMMIT|ABORT|ACK|NACK|DISCONNECT|MESSAGE|RECEIPT|ERROR)\r?\n([^\n:]+:[^\n]*\r?\n)*\r?\n/;

/** https://stomp.github.io/stomp-specification-1.2.html */
export const stomp = defineDialect({
  name: 'stomp',
  title: 'STOMP',
  closing,
  stateful: true,
  recogniseMessages: (messages) => (messages.some((message) => opening.test(textOf(message))) ? 0.95 : 0),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
