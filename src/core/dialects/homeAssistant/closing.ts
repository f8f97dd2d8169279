import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'home-assistant-js-websocket 9.7',
  note: 'A refused token gives a message {"type":"auth_invalid"}, then the close.',
};
