import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@hocuspocus/common 4.8 and y-websocket 3.1',
  codes: [
    [
      1009,
      'Message Too Big',
      'limit',
      'fix',
      'A message was larger than the server accepts.',
      'Raise the limit of the server, or send smaller updates.',
    ],
    [4205, 'Reset Connection', 'transient', 'yes', 'The server asks the client to connect anew.', 'Reconnect.'],
    [
      4401,
      'Unauthorized',
      'auth',
      'fix',
      'The token is missing or not valid.',
      'Check the token given to the provider.',
    ],
    [4403, 'Forbidden', 'auth', 'fix', 'The token does not allow this document.', 'Check the rights on the document.'],
    [
      4408,
      'Connection Timeout',
      'transient',
      'yes',
      'The client was silent for too long.',
      'Reconnect; look for a paused tab or a slow network.',
    ],
  ],
  ranges: [
    [
      4400,
      4499,
      'Permanent',
      'permanent',
      'fix',
      'y-websocket 3.1 does not reconnect on 4400-4499.',
      'Mend the cause before connecting again.',
    ],
  ],
};
