import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: '@microsoft/signalr 10.0',
  note: 'No private close codes: a Close message {"type":7,"error":…,"allowReconnect":…} says why.',
};
