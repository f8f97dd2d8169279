import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@kubernetes/client-node 2.0',
  note: 'No private close codes: a status JSON on channel 3 ({"status":"Failure",…}) comes before a close with 1000.',
};
