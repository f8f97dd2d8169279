import type { DialectMessage } from '../dialect.js';
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

/** MQTT 3.1, 3.1.1 and 5 (OASIS) over WebSocket, section 6 of each. */
export const mqtt = defineDialect({
  name: 'mqtt',
  title: 'MQTT over WebSocket',
  closing,
  stateful: true,
  // DISCONNECT, behind which the server must close the connection (3.14.4).
  leave: /^\xe0/,
  isUrl: (path) => path.endsWith('/mqtt'),
  recogniseMessages: (messages) => Math.max(0, ...messages.map(recogniseBytes)),
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
