import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'nats.ws 1.30',
  codes: [
    [
      1000,
      'Normal Closure',
      'normal',
      'yes',
      'The client closed the connection.',
      'Nothing is wrong.',
      { sentBy: 'client' },
    ],
    [
      1002,
      'Protocol Error',
      'transient',
      'yes',
      'The client closed after an error of its transport.',
      'Look for an -ERR line before the close.',
      { sentBy: 'client' },
    ],
  ],
  note: 'The server says why in an -ERR line before it closes.',
};
