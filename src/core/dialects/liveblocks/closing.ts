import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@liveblocks/core 3.24',
  codes: [
    [
      4000,
      'Invalid Message Format',
      'protocol',
      'fix',
      'The server could not read a message.',
      'Check that client and server versions fit.',
    ],
    [4001, 'Not Allowed', 'auth', 'fix', 'The user may not enter this room.', 'Check the permissions of the token.'],
    [4002, 'Too Many Messages a Second', 'limit', 'backoff', 'The client sent too fast.', 'Throttle the updates.'],
    [
      4003,
      'Too Many Connections',
      'limit',
      'backoff',
      'Too many connections at once.',
      'Close some, or raise the plan.',
    ],
    [
      4004,
      'Too Many Messages a Day',
      'limit',
      'no',
      'The application used up its messages of the day.',
      'Wait, or raise the plan.',
    ],
    [
      4005,
      'Room Full',
      'limit',
      'backoff',
      'The room holds no more connections.',
      'Wait, or raise the limit of the room.',
    ],
    [4006, 'Room Id Updated', 'permanent', 'fix', 'The room has a new id.', 'Connect to the new id.'],
    [4100, 'Kicked', 'permanent', 'no', 'The user was removed from the room.', 'Do not reconnect by yourself.'],
    [4109, 'Token Expired', 'auth', 'yes', 'The access token expired.', 'Get a new token and reconnect.'],
    [
      4999,
      'Close Without Retry',
      'permanent',
      'no',
      'The server asks the client not to come back.',
      'Do not reconnect by yourself.',
    ],
  ],
};
