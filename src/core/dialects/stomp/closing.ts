import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'STOMP 1.2; Spring CloseStatus',
  note: 'The reason is in an ERROR frame before the close.',
  codes: [
    [
      4500,
      'Session Not Reliable (Spring)',
      'transient',
      'backoff',
      'Spring gave up a session that it could not send to in time: the client read too slowly, or not at all.',
      'Read without delay; the server has setSendTimeLimit and setSendBufferSizeLimit.',
    ],
  ],
};
