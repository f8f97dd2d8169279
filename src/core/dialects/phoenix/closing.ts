import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'phoenix 1.8.16 socket.js',
  codes: [
    [
      1000,
      'Normal Closure',
      'normal',
      'yes',
      'A normal close; with the reason "heartbeat timeout" the client itself gave up. Since 1.8 the client reconnects even then, because proxies close with 1000, too.',
      'Reconnect; answer heartbeats in time.',
      { sentBy: 'either' },
    ],
  ],
  note: 'No private close codes: channels report `phx_error` and `phx_close` messages.',
};
