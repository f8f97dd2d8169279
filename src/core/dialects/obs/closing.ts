import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'obs-websocket 5 protocol.md',
  codes: [
    [
      4002,
      'Message Decode Error',
      'protocol',
      'fix',
      'OBS could not decode a message.',
      'Check that the encoding fits the subprotocol.',
    ],
    [4003, 'Missing Data Field', 'protocol', 'fix', 'A field is missing.', 'Read the reason text.'],
    [4004, 'Invalid Data Field Type', 'protocol', 'fix', 'A field has the wrong type.', 'Read the reason text.'],
    [
      4005,
      'Invalid Data Field Value',
      'protocol',
      'fix',
      'A field has a value that is not allowed.',
      'Read the reason text.',
    ],
    [4006, 'Unknown Opcode', 'protocol', 'fix', 'The opcode is not known.', 'Check `op`.'],
    [
      4007,
      'Not Identified',
      'auth',
      'fix',
      'The client sent something before it identified.',
      'Answer Hello (op 0) with Identify (op 1).',
    ],
    [4008, 'Already Identified', 'protocol', 'fix', 'The client identified twice.', 'Use Reidentify (op 3).'],
    [
      4009,
      'Authentication Failed',
      'auth',
      'fix',
      'The password is missing or wrong.',
      'Check the password in the settings of the OBS WebSocket server.',
    ],
    [4010, 'Unsupported RPC Version', 'protocol', 'fix', 'OBS does not speak this RPC version.', 'Use rpcVersion 1.'],
    [
      4011,
      'Session Invalidated',
      'permanent',
      'no',
      'The session was kicked from within OBS.',
      'Do not reconnect by yourself.',
    ],
    [4012, 'Unsupported Feature', 'permanent', 'fix', 'The feature is not supported here.', 'Read the reason text.'],
  ],
};
