import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@colyseus/core 0.16',
  codes: [
    [4000, 'Consented', 'normal', 'no', 'The client left the room on purpose.', 'Nothing is wrong.'],
    [4002, 'With Error', 'transient', 'fix', 'The room failed.', 'Read the log of the server.'],
    [4010, 'Development Restart', 'transient', 'yes', 'The server restarts in development mode.', 'Reconnect.'],
    [
      4201,
      'Server Disconnect',
      'permanent',
      'fix',
      'The server disconnected the client.',
      'Read the log of the server.',
    ],
    [4202, 'Too Many Clients', 'limit', 'backoff', 'The room is full.', 'Join another room.'],
    [4210, 'No Handler', 'permanent', 'fix', 'No room is registered under this name.', 'Check the name of the room.'],
    [4211, 'Invalid Criteria', 'permanent', 'fix', 'The match-making criteria are not valid.', 'Check the options.'],
    [4212, 'Invalid Room Id', 'permanent', 'fix', 'No room has this id.', 'Check the id, or make a new room.'],
    [
      4213,
      'Unhandled',
      'transient',
      'fix',
      'Match-making failed in a way nobody handled.',
      'Read the log of the server.',
    ],
    [4214, 'Expired', 'transient', 'yes', 'The seat in the room expired before it was taken.', 'Join again.'],
    [4215, 'Authentication Failed', 'auth', 'fix', 'onAuth refused the client.', 'Check the token.'],
    [4216, 'Application Error', 'transient', 'fix', 'The application threw an error.', 'Read the log of the server.'],
    [4217, 'Invalid Payload', 'protocol', 'fix', 'The client sent a payload that is not valid.', 'Check the message.'],
  ],
};
