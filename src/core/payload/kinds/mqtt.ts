import library, { type Packet } from 'mqtt-packet';
import { fillDeep } from '../fill.js';
import { byLibrary, type PayloadEncoder } from './kind.js';

// It would build every number of two bytes before the first packet.
library.writeToStream.cacheNumbers = false;

type Fields = Readonly<Record<string, unknown>>;

/** Which version the packets after CONNECT are of: said in them, or told by what only MQTT 5 has. */
function versionOf({ protocolVersion, properties }: Fields): number {
  return typeof protocolVersion === 'number' ? protocolVersion : properties === undefined ? 4 : 5;
}

/** A packet as `mqtt-packet` names its fields; a `payload` that is no text is sent as JSON. MQTT goes in binary messages. */
export const encode: PayloadEncoder = (packet: Fields, context) => {
  const fields = fillDeep(packet, context) as Fields;
  const { payload, cmd, messageId } = fields;
  const whole = {
    ...(cmd === 'publish' ? { qos: 0, dup: false, retain: false } : {}),
    ...(cmd === 'connect' ? { protocolId: 'MQTT', protocolVersion: versionOf(fields), clean: true } : {}),
    ...fields,
    // `${seq}` is a text.
    ...(typeof messageId === 'string' ? { messageId: Number(messageId) } : {}),
    ...(payload === undefined || typeof payload === 'string' ? {} : { payload: JSON.stringify(payload) }),
  };
  const options = { protocolVersion: versionOf(fields) };
  const bytes = byLibrary('mqtt', () => library.generate(whole as unknown as Packet, options));
  return { binary: true, bytes: new Uint8Array(bytes) };
};
