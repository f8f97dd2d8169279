import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'autobahn-js 22.11',
  note: 'The reason is a URI in ABORT or GOODBYE, such as `wamp.error.no_such_realm`, not the close code.',
};
