import type { ClosingSpec } from '../../close/closeCode.js';

export const closing: ClosingSpec = {
  source: 'mqtt-packet 9.0 and MQTT 5',
  note: 'The reason is in CONNACK or, with MQTT 5, in DISCONNECT (0x87 not authorized, 0x8d keep alive timeout, 0x8e session taken over, 0x95 packet too large), not in the close code.',
};
