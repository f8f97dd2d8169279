import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'dev.twitch.tv/docs/eventsub',
  codes: [
    [4000, 'Internal Server Error', 'transient', 'backoff', 'Twitch had a problem.', 'Reconnect with a growing pause.'],
    [
      4001,
      'Client Sent Inbound Traffic',
      'protocol',
      'fix',
      'The client sent a message; only pongs are allowed.',
      'Send nothing over this connection.',
    ],
    [
      4002,
      'Client Failed Ping-pong',
      'transient',
      'yes',
      'The client did not answer a ping.',
      'Answer pings with pongs.',
    ],
    [
      4003,
      'Connection Unused',
      'protocol',
      'fix',
      'No subscription was made within 10 seconds of the welcome.',
      'Subscribe over HTTP right after `session_welcome`.',
    ],
    [
      4004,
      'Reconnect Grace Time Expired',
      'transient',
      'yes',
      'The client did not move to the new URL in time.',
      'Connect to `reconnect_url` at once.',
    ],
    [4005, 'Network Timeout', 'transient', 'yes', 'The network was too slow.', 'Reconnect.'],
    [4006, 'Network Error', 'transient', 'yes', 'The network failed.', 'Reconnect.'],
    [
      4007,
      'Invalid Reconnect',
      'protocol',
      'fix',
      'The reconnect URL is not valid.',
      'Use the URL exactly as received.',
    ],
  ],
};
