import type { Spoil } from './spoiler.js';

/** A server that answers wrongly: in what, the step that fails for it, and what that step says. */
export interface Broken {
  readonly file: string;
  readonly spoil: Spoil;
  readonly step: string;
  readonly expected: RegExp;
  readonly actual: RegExp;
}

const replace =
  (from: string | RegExp, to: string): Spoil =>
  (message) =>
    message.replace(from, to);

export const BROKEN: readonly Broken[] = [
  {
    file: 'login',
    spoil: replace('"type":"welcome"', '"type":"error"'),
    step: 'a token for this user',
    expected: /\$\.type equals "welcome"/,
    actual: /"error"/,
  },
  {
    file: 'login',
    spoil: replace('"topic":"orders","number":3', '"topic":"other","number":3'),
    step: 'three events of this topic',
    expected: /3 or more that .*\$\.topic equals "orders"/,
    actual: /^2$/,
  },
  {
    file: 'chat',
    spoil: replace('"from":"alice"', '"from":"mallory"'),
    step: 'bob hears alice',
    expected: /\$\.from equals "alice"/,
    actual: /"mallory"/,
  },
  {
    file: 'heartbeat',
    spoil: replace('"seq":"2"', '"seq":"1"'),
    step: 'the answer to this heartbeat',
    expected: /\$\.seq equals "2"/,
    actual: /"1"/,
  },
  {
    file: 'graphql-subscription',
    spoil: replace('"count":3', '"count":4'),
    step: 'the results after it',
    expected: /count equals 3/,
    actual: /4/,
  },
  {
    file: 'socketio-ack',
    spoil: replace(/^437\[/, '438['),
    step: 'the acknowledgement of this event',
    expected: /\$\.id equals "7"/,
    actual: /"8"/,
  },
  {
    file: 'mqtt',
    // Return code 5 of CONNACK, in whichever message it comes.
    spoil: connackRefused(),
    step: 'CONNACK: accepted',
    expected: /\$\.returnCode equals 0/,
    actual: /5/,
  },
  {
    file: 'signalr',
    spoil: replace('"result":5', '"result":6'),
    step: 'the completion of this call',
    expected: /"result":5/,
    actual: /"result":6/,
  },
  {
    file: 'stomp',
    spoil: replace('subscription:0', 'subscription:1'),
    step: 'the MESSAGE of this subscription',
    expected: /\$\.headers\.subscription equals "0"/,
    actual: /"1"/,
  },
  {
    file: 'stomp-sockjs',
    spoil: replace('receipt-id:subscribed', 'receipt-id:other'),
    step: 'the receipt of it',
    expected: /contains "receipt-id:subscribed"/,
    actual: /receipt-id:other/,
  },
  {
    file: 'protobuf',
    // Field 4 with the number 2.
    spoil: replace(/ \x02$/, ' \x03'),
    step: 'the second, in order',
    expected: /\$\.sequence equals "2"/,
    actual: /"3"/,
  },
];

function connackRefused(): Spoil {
  let at = 0;
  return (message) => {
    const from = at;
    at += message.length;
    return from <= 3 && at > 3 ? `${message.slice(0, 3 - from)}\x05${message.slice(4 - from)}` : message;
  };
}
