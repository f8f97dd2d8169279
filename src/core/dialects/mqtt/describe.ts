import type { Packet } from 'mqtt-packet';
import { counted, decoded } from '../decoded.js';
import type { Decoded } from '../dialect.js';
import { bodyValue } from '../value/bodyValue.js';

/** Label, role and pairing of a parsed MQTT packet; `topic` is that of a PUBLISH, its alias resolved where it is known. */
export function describeMqtt(packet: Packet, topic: string): Decoded {
  const value = (): unknown => valueOf(packet);
  const id = packet.messageId;
  const code = codeOf(packet);
  const failed = code !== null && (code >= 0x80 || (packet.cmd === 'connack' && code !== 0));
  const status = code === null || code === 0 ? null : `code 0x${code.toString(16).padStart(2, '0')}`;
  const name = packet.cmd.toUpperCase();
  const answers = (what: string): Decoded =>
    decoded({
      label: [name, id !== undefined && `id ${id}`, status],
      role: failed ? 'error' : 'reply',
      correlation: id === undefined ? what : `${what} ${id}`,
      value,
    });
  const asks = (label: readonly (string | false)[], what: string, operation: string): Decoded =>
    decoded({ label, role: 'request', correlation: id === undefined ? what : `${what} ${id}`, operation, value });

  switch (packet.cmd) {
    case 'connect':
      return asks(
        [
          name,
          packet.clientId,
          `v${packet.protocolVersion === 5 ? '5' : packet.protocolVersion === 3 ? '3.1' : '3.1.1'}`,
        ],
        'connect',
        name,
      );
    case 'publish': {
      const label = [
        name,
        topic,
        `QoS${packet.qos}`,
        packet.qos > 0 && `id ${id}`,
        packet.retain && 'retain',
        packet.dup && 'dup',
      ];
      const operation = `${name} ${topic}`;
      return packet.qos > 0 ? asks(label, 'publish', operation) : decoded({ label, role: 'event', operation, value });
    }
    case 'subscribe': {
      const topics = packet.subscriptions.map(({ topic, qos }) => `${topic} QoS${qos}`);
      const operation = `${name} ${packet.subscriptions[0]?.topic ?? ''}`;
      return asks(
        [name, topics[0] ?? '', topics.length > 1 && counted(topics.length, 'topic'), `id ${id}`],
        'subscribe',
        operation,
      );
    }
    case 'unsubscribe':
      return asks(
        [name, packet.unsubscriptions[0] ?? '', `id ${id}`],
        'unsubscribe',
        `${name} ${packet.unsubscriptions[0] ?? ''}`,
      );
    case 'pubrel':
      return asks([name, `id ${id}`], 'pubrel', name);
    case 'connack':
      return answers('connect');
    case 'puback':
    case 'pubrec':
      return answers('publish');
    case 'pubcomp':
      return answers('pubrel');
    case 'suback':
      return answers('subscribe');
    case 'unsuback':
      return answers('unsubscribe');
    case 'pingreq':
      return decoded({ label: name, role: 'heartbeat', correlation: 'ping', operation: name, value });
    case 'pingresp':
      return decoded({ label: name, role: 'heartbeat', correlation: 'ping', value });
    default:
      return decoded({ label: [name, status], role: failed ? 'error' : 'control', value });
  }
}

/** Return or reason code; of several (SUBACK) the worst. 0x80 and above are failures. */
function codeOf(packet: Packet): number | null {
  if (packet.cmd === 'connack') return packet.reasonCode ?? packet.returnCode ?? null;
  if (packet.cmd === 'suback' || packet.cmd === 'unsuback') {
    // UNSUBACK of 3.1.1 has no codes.
    const granted: readonly unknown[] = packet.granted ?? [];
    const codes = granted.map(Number).filter(Number.isInteger);
    const worst = codes.reduce((most, code) => Math.max(most, code), 0);
    return worst >= 0x80 ? worst : 0;
  }
  return 'reasonCode' in packet && typeof packet.reasonCode === 'number' ? packet.reasonCode : null;
}

/** The packet as the library read it: payloads as what they are, the password not at all. */
function valueOf(packet: Packet): unknown {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(packet)) {
    if (value === null || value === undefined) continue;
    if (key === 'password') shown[key] = '••••';
    else if (key === 'will') shown[key] = Object.fromEntries(Object.entries(value).map(body));
    else shown[key] = body([key, value])[1];
  }
  return shown;
}

function body([key, value]: readonly [string, unknown]): readonly [string, unknown] {
  return [key, value instanceof Uint8Array ? bodyValue(value) : value];
}
