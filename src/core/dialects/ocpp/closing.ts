import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'OCPP-J 1.6',
  note: 'No private close codes: errors are CALLERROR messages [4,…].',
};
