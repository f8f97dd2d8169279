import { defineDialect } from '../closeCode.js';

export const twitchEventsub = defineDialect({
  name: 'twitch-eventsub',
  title: 'Twitch EventSub',
  aliases: ['twitch', 'eventsub'],
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
});

export const mattermost = defineDialect({
  name: 'mattermost',
  title: 'Mattermost',
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
});

export const obs = defineDialect({
  name: 'obs',
  title: 'OBS (obs-websocket 5)',
  aliases: ['obs-websocket', 'obswebsocket'],
  subprotocols: ['obswebsocket.json', 'obswebsocket.msgpack'],
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
});

export const awsApiGateway = defineDialect({
  name: 'aws-api-gateway',
  title: 'AWS API Gateway',
  aliases: ['api-gateway', 'apigateway', 'aws'],
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
});

export const deepgram = defineDialect({
  name: 'deepgram',
  title: 'Deepgram',
  source: 'developers.deepgram.com',
  codes: [
    [
      1008,
      'Policy Violation',
      'protocol',
      'fix',
      'Commonly with `DATA-0000` in the reason: the audio could not be decoded.',
      'Check encoding and sample_rate in the URL.',
    ],
    [
      1011,
      'Internal Error',
      'transient',
      'fix',
      'Commonly with `NET-0001` in the reason: no audio and no KeepAlive message for 10 seconds.',
      'Send audio, or {"type":"KeepAlive"} every 5 seconds.',
    ],
  ],
  note: 'The reason text starts with a tag such as NET-0001 or DATA-0000.',
});

export const ably = defineDialect({
  name: 'ably',
  title: 'Ably',
  source: 'ably 2.28',
  note: 'Errors come as protocol messages: action 6 (DISCONNECTED) or 9 (ERROR) with `error.code` 40xxx to 80xxx, not as close codes.',
});

export const twilio = defineDialect({
  name: 'twilio',
  title: 'Twilio Media Streams',
  aliases: ['twilio-media-streams'],
  source: 'twilio.com/docs/api/errors',
  note: 'Twilio is the client here: failures appear in its debugger as 31902 (refused), 31920 (handshake) or 31924 (protocol).',
});

export const slack = defineDialect({
  name: 'slack',
  title: 'Slack Socket Mode',
  aliases: ['slack-socket-mode'],
  source: 'its JavaScript client',
  note: 'No private close codes are known: a `disconnect` message with a reason comes before the close.',
});
