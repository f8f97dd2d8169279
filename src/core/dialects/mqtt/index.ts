import type { DialectMessage, PacketForm } from '../dialect.js';
import { frameMqtt } from './framing.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

/** CONNECT names its protocol; CONNACK is four bytes that little else begins with. */
function recogniseBytes({ binary, bytes, direction }: DialectMessage): number {
  if (!binary || bytes.length < 4) return 0;
  const found = frameMqtt(bytes, 0);
  if (found.kind !== 'packet' || found.end !== bytes.length) return 0;
  const text = Buffer.from(bytes.subarray(0, 14)).toString('latin1');
  if (/^\x10[^]{1,4}\0(\x04MQTT|\x06MQIsdp)/.test(text)) return 0.98;
  return direction === 'received' && /^\x20[\x02-\x7f][\0\x01]/.test(text) && bytes.length === 4 ? 0.6 : 0;
}

/** PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK: each names the packet that it answers (MQTT 5 2.2.1). */
const ANSWERS: ReadonlySet<number> = new Set([4, 5, 7, 9, 11]);

const packets: PacketForm = {
  end: (bytes, at) => {
    const part = frameMqtt(bytes, at);
    // What is no packet is passed on as it came.
    if (part.kind === 'packet') return part.end;
    if (part.kind === 'broken') return bytes.length;
    return part.length === null ? null : at + part.length;
  },
  idSentBack: (packet) => {
    if (!ANSWERS.has((packet[0] ?? 0) >> 4)) return null;
    let at = 1;
    while (at < 5 && (packet[at] ?? 0) >= 0x80) at += 1;
    return at + 3 <= packet.length ? at + 1 : null;
  },
};

/** MQTT 3.1, 3.1.1 and 5 (OASIS) over WebSocket, section 6 of each. */
export const mqtt = defineDialect({
  name: 'mqtt',
  title: 'MQTT over WebSocket',
  closing,
  stateful: true,
  packets,
  // DISCONNECT, behind which the server must close the connection (3.14.4).
  leave: /^\xe0/,
  isUrl: (path) => path.endsWith('/mqtt'),
  recogniseMessages: (messages) => Math.max(0, ...messages.map(recogniseBytes)),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
