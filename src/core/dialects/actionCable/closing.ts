import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@rails/actioncable 8.1',
  note: 'The reason is in a message {"type":"disconnect","reason":…,"reconnect":…}: unauthorized, invalid_request, server_restart or remote.',
};
