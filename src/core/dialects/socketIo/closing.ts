import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'engine.io 6.6',
  note: 'No private close codes: before the upgrade an HTTP 400 with {"code":n} (0 transport unknown, 1 session id unknown, 2 bad method, 3 bad request, 4 forbidden, 5 protocol version), after it a message 44{"message":…}.',
};
