import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'sockjs 0.3.24',
  codes: [
    [
      3000,
      'Go Away',
      'transient',
      'yes',
      'The framing was broken, or the client did not answer a heartbeat.',
      'Look at the last frames and at the heartbeat.',
    ],
  ],
  note: 'Reasons also come as a frame such as c[2010,"Another connection still open"]; 2010 is never a close code on the wire.',
};
