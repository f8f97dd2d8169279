import type { ClosingSpec } from '../../close/closeCode.js';

const client = { sentBy: 'client' } as const;

export const graphqlTransportWsClosing: ClosingSpec = {
  source: 'graphql-ws 6.4 PROTOCOL.md and its CloseCode enum',
  codes: [
    [
      4400,
      'Bad Request',
      'protocol',
      'fix',
      'The server received a message it does not understand.',
      'Read the reason text: it names what was wrong with the message.',
    ],
    [
      4401,
      'Unauthorized',
      'auth',
      'fix',
      'The client subscribed before the server acknowledged the connection.',
      'Send `connection_init` and wait for `connection_ack` before subscribing.',
    ],
    [
      4403,
      'Forbidden',
      'auth',
      'fix',
      'The server refused the connection in its onConnect.',
      'Check the credentials in the payload of `connection_init`.',
    ],
    [
      4004,
      'Bad Response',
      'protocol',
      'fix',
      'The client received a message it does not understand and closed.',
      'Check that server and client speak the same protocol.',
      client,
    ],
    [
      4005,
      'Internal Client Error',
      'permanent',
      'fix',
      'The client failed within itself and closed.',
      'Read the log of the client.',
      client,
    ],
    [
      4406,
      'Subprotocol Not Acceptable',
      'protocol',
      'fix',
      'The server supports none of the offered subprotocols.',
      'Offer `graphql-transport-ws`, or the token the server speaks.',
    ],
    [
      4408,
      'Connection Initialisation Timeout',
      'protocol',
      'fix',
      'The server waited for `connection_init` and it did not come in time.',
      'Send `connection_init` right after opening.',
    ],
    [
      4409,
      'Subscriber Already Exists',
      'protocol',
      'fix',
      'An operation with this id is already running.',
      'Give each operation an id of its own.',
    ],
    [
      4429,
      'Too Many Initialisation Requests',
      'protocol',
      'fix',
      'The client sent `connection_init` more than once.',
      'Send `connection_init` once a connection.',
    ],
    [
      4499,
      'Terminated',
      'transient',
      'yes',
      'The client library terminated the connection itself; the code never is on the wire.',
      'Look for the call of terminate() in the client.',
      { sentBy: 'synthetic', wire: false },
    ],
    [
      4500,
      'Internal Server Error',
      'transient',
      'backoff',
      'The server failed within itself.',
      'Read the log of the server.',
    ],
    [
      4504,
      'Connection Acknowledgement Timeout',
      'transient',
      'backoff',
      'The client waited for `connection_ack` and it did not come in time.',
      'Find out what the server does in its onConnect.',
      client,
    ],
  ],
};

export const graphqlWsClosing: ClosingSpec = {
  source: 'subscriptions-transport-ws 0.11',
  codes: [
    [
      1002,
      'Protocol Error',
      'protocol',
      'fix',
      'The server knows none of the offered subprotocols.',
      'Offer the subprotocol `graphql-ws`.',
    ],
    [
      1011,
      'Internal Error',
      'auth',
      'fix',
      'The server rejected the connection in onConnect, or its socket failed; a `connection_error` message comes first.',
      'Read the payload of the `connection_error` message and check the payload of `connection_init`.',
    ],
  ],
  note: 'The token `graphql-ws` belongs to the legacy protocol; the library of the same name speaks `graphql-transport-ws`. Refusals come as a `connection_error` message.',
};

export const hasuraClosing: ClosingSpec = {
  source: 'hasura/graphql-engine#7696',
  codes: [
    [
      1000,
      'Normal Closure',
      'auth',
      'fix',
      'Hasura closes with 1000 when the initialisation failed, too; the reason text is JSON with `server_error_msg`.',
      'Read `server_error_msg` in the reason text; check the headers in the payload of `connection_init`.',
    ],
  ],
  note: 'Failures are in the reason text: {"server_error_msg":"4400: …"}.',
};
