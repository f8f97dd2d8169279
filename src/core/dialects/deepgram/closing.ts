import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'developers.deepgram.com',
  codes: [
    [
      1008,
      'Policy Violation',
      'protocol',
      'fix',
      'Commonly with `DATA-0000` in the reason: the audio could not be decoded.',
      'Check encoding and sample_rate in the URL.',
    ],
    [
      1011,
      'Internal Error',
      'transient',
      'fix',
      'Commonly with `NET-0001` in the reason: no audio and no KeepAlive message for 10 seconds.',
      'Send audio, or {"type":"KeepAlive"} every 5 seconds.',
    ],
  ],
  note: 'The reason text starts with a tag such as NET-0001 or DATA-0000.',
};
