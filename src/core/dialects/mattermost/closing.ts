import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@mattermost/client 11.9',
  codes: [
    [
      4000,
      'Ping Timeout',
      'transient',
      'yes',
      'The client heard no pong and gave up; the code never is on the wire.',
      'Look for a network that eats idle connections.',
      { sentBy: 'synthetic', wire: false },
    ],
    [
      4001,
      'Sequence Mismatch',
      'transient',
      'yes',
      'The client missed messages and replaced the connection; the code never is on the wire.',
      'Nothing is wrong unless it happens often.',
      { sentBy: 'synthetic', wire: false },
    ],
  ],
};
