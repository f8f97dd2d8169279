import type { FrameRecord } from '../base/model.js';
import { binaryReceived } from './binaryText.js';
import { hexOf } from './facts.js';
import { messageWords } from './serverWords.js';

/** A refusal in the bytes of a protocol. */
export interface BinaryRefusal {
  readonly dialect: string;
  readonly words: string;
  readonly frame: string;
}

type Reader = (bytes: Buffer) => Omit<BinaryRefusal, 'frame'> | null;

/** The first refusal in binary messages; null where there is none. */
export function binaryRefusal(dialect: string | null, frames: readonly FrameRecord[]): BinaryRefusal | null {
  const readers = dialect === 'mqtt' ? [mqtt] : [opcUa, amqp, named];
  const received = binaryReceived(frames);
  // Packets begin and end wherever they like (MQTT 5, 6.0): brokers over a stream send each field in a frame of its own.
  for (const bytes of dialect === 'mqtt' ? [Buffer.concat(received)] : received) {
    for (const read of readers) {
      const refusal = read(bytes);
      if (refusal) return { ...refusal, frame: hexOf(bytes) };
    }
  }
  return null;
}

/** MQTT CONNACK with a return code other than 0 (3.1.1: 3.2.2.3, 5: 3.2.2.2). */
function mqtt(bytes: Buffer): ReturnType<Reader> {
  const code = bytes[3] ?? 0;
  if (bytes[0] !== 0x20 || code === 0) return null;
  const known = mqttCodes[code] ?? 'refused';
  return { dialect: 'mqtt', words: `CONNACK 0x${code.toString(16).padStart(2, '0')}: ${known}` };
}

/** The Error message of OPC UA (Part 6, 7.1.5): a status code, and a reason. */
function opcUa(bytes: Buffer): ReturnType<Reader> {
  if (bytes.length < 16 || bytes.toString('latin1', 0, 4) !== 'ERRF') return null;
  const code = `0x${bytes.readUInt32LE(8).toString(16).padStart(8, '0')}`;
  const length = bytes.readInt32LE(12);
  const reason = length > 0 && length <= 4_096 ? bytes.toString('utf8', 16, 16 + length).trim() : '';
  return { dialect: 'the application', words: `OPC UA error ${code}${reason === '' ? '' : `: ${reason}`}` };
}

/** AMQP 1.0: the outcome of SASL with a code other than 0 (5.3.3.6), or a close with a condition (2.7.9). */
function amqp(bytes: Buffer): ReturnType<Reader> {
  const isFrame =
    bytes.length >= 12 && bytes.readUInt32BE(0) >= 12 && bytes[4] === 2 && bytes[8] === 0 && bytes[9] === 0x53;
  if (!isFrame) return null;
  if (bytes[5] === 1 && bytes[10] === 0x44) {
    const code = bytes[11] === 0xc0 && bytes[14] === 0x50 ? (bytes[15] ?? 0) : 0;
    return code === 0 ? null : { dialect: 'the application', words: `AMQP: SASL authentication failed (code ${code})` };
  }
  if (bytes[5] !== 0 || bytes[10] !== 0x18) return null;
  const [, condition] = /((?:amqp|com\.microsoft):[a-z:-]{3,60})/.exec(bytes.toString('latin1')) ?? [];
  return condition === undefined ? null : { dialect: 'the application', words: `AMQP connection closed: ${condition}` };
}

/** The name of an exception, and JSON that says more, in a framing of its own (the event streams of AWS). */
function named(bytes: Buffer): ReturnType<Reader> {
  const text = bytes.toString('utf8');
  const start = text.indexOf('{"');
  const end = text.lastIndexOf('}');
  const name = /\b[A-Z][a-z]\w{2,50}(?:Exception|Error)\b/.exec(text.slice(0, Math.max(start, 0)))?.[0];
  const said = name === undefined ? undefined : messageWords(text.slice(start, end + 1));
  return said === undefined ? null : { dialect: 'the application', words: `${name}: ${said}` };
}

const mqttCodes: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'client identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
  0x84: 'unsupported protocol version',
  0x85: 'client identifier not valid',
  0x86: 'bad user name or password',
  0x87: 'not authorized',
  0x88: 'server unavailable',
  0x89: 'server busy',
  0x8a: 'banned',
  0x8c: 'bad authentication method',
  0x9f: 'connection rate exceeded',
};
