import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'STOMP 1.2',
  note: 'The reason is in an ERROR frame before the close.',
};
