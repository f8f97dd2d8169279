import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'ably 2.28',
  note: 'Errors come as protocol messages: action 6 (DISCONNECTED) or 9 (ERROR) with `error.code` 40xxx to 80xxx, not as close codes.',
};
