import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'its JavaScript client',
  note: 'No private close codes are known: a `disconnect` message with a reason comes before the close.',
};
