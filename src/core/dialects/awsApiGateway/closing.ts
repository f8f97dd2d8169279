import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'docs.aws.amazon.com, API Gateway quotas',
  codes: [
    [
      1001,
      'Going Away',
      'transient',
      'yes',
      'API Gateway commonly closes with 1001 after 10 idle minutes or 2 hours of life.',
      'Send something at least every 9 minutes, and plan for a new connection every 2 hours.',
    ],
    [1009, 'Message Too Big', 'limit', 'fix', 'A frame was over 32 KB or a message over 128 KB.', 'Split the message.'],
  ],
  note: 'Idle limit 10 minutes, life limit 2 hours, 32 KB a frame, 128 KB a message; the limits cannot be raised.',
};
