import type { Duplex } from 'node:stream';
import { WireTap } from '../wireTap.js';
import type { Carrier, CarrierOptions } from './carrier.js';

/** The stream itself (RFC 6455 4.1): what `ws` writes is what is asked. */
export function http1Carrier(stream: Duplex, { clock, handshake, onEnd }: CarrierOptions): Carrier {
  const tap = new WireTap(stream, clock, {
    onReceived: (chunk, atMs, isReadAtOnce) => handshake.received(chunk, atMs, isReadAtOnce),
    onSent: (chunk, atMs) => handshake.sent(chunk, atMs),
    onEnd: (kind, error, atMs) => {
      handshake.ended(kind, error);
      onEnd(kind, error, atMs);
    },
  });
  return { gate: tap, tap, http2: null, phaseDetail: {} };
}
