import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'twilio.com/docs/api/errors',
  note: 'Twilio is the client here: failures appear in its debugger as 31902 (refused), 31920 (handshake) or 31924 (protocol).',
};
