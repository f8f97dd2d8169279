import * as rule from './checks.js';
import {
  COMPRESSIONS,
  PAYLOAD_KINDS,
  type PayloadKind,
  UNWRAPPERS,
  VALUE_DECODERS,
  WRAPPINGS,
  isSentAsBinary,
} from '../base/message.js';
import { type JsonNode, memberOf } from './jsonc.js';
import { quote, type Report } from './problems.js';
import { type Spec, validate } from './spec.js';

const value: Spec = { kind: 'any', check: warnAboutNumbers };

const schemaPath: Spec = { kind: 'text', rule: rule.filePath };
const protobufType: Spec = { kind: 'text', rule: rule.protobufType };

/** A value that its variables may make a text of. */
const ackId: Spec = {
  kind: 'union',
  expected: 'a whole number or a text',
  by: { number: { kind: 'number', min: 0, max: Number.MAX_SAFE_INTEGER }, string: { kind: 'text', rule: rule.digits } },
};

/** The kinds of payload by their key. */
const payloadContents: Readonly<Record<PayloadKind, Spec>> = {
  text: { kind: 'text' },
  json: value,
  hex: { kind: 'text', rule: rule.hexBytes },
  base64: { kind: 'text', rule: rule.base64Bytes },
  file: { kind: 'text', rule: rule.filePath },
  msgpack: value,
  cbor: value,
  protobuf: {
    kind: 'object',
    required: ['schema', 'type', 'value'],
    keys: {
      schema: schemaPath,
      type: protobufType,
      value: { kind: 'any', check: checkProtobufValue },
    },
  },
  socketio: {
    kind: 'object',
    required: ['event'],
    keys: {
      event: { kind: 'text' },
      args: { kind: 'list', item: value },
      namespace: { kind: 'text', rule: rule.socketIoNamespace },
      ack: ackId,
    },
  },
  signalr: value,
  stomp: {
    kind: 'object',
    required: ['command'],
    keys: {
      command: { kind: 'text', rule: rule.stompCommand },
      headers: { kind: 'map', nameRule: rule.nonEmpty, code: 'invalid-value', value: { kind: 'text' } },
      body: value,
    },
  },
  mqtt: { kind: 'any', check: checkMqttPacket },
};

/** A payload: a text, or an object of exactly one kind. */
export const payloadSpec: Spec = {
  kind: 'union',
  expected: `a text or an object with one of ${PAYLOAD_KINDS.map(quote).join(', ')}`,
  by: {
    string: { kind: 'text' },
    object: {
      kind: 'object',
      oneOf: PAYLOAD_KINDS,
      keys: {
        ...payloadContents,
        binary: { kind: 'boolean', check: checkTrue },
        compress: { kind: 'text', values: COMPRESSIONS },
        wrap: { kind: 'text', values: WRAPPINGS },
      },
      check: checkWrapping,
    },
  },
};

/** What reads the messages that are received, in order. */
export const decodeSpec: Spec = {
  kind: 'list',
  min: 1,
  max: 16,
  unique: 'invalid-value',
  item: {
    kind: 'union',
    expected: `one of ${[...UNWRAPPERS, ...VALUE_DECODERS].map(quote).join(', ')} or an object with \`protobuf\``,
    by: {
      string: { kind: 'text', values: [...UNWRAPPERS, ...VALUE_DECODERS] },
      object: {
        kind: 'object',
        required: ['protobuf'],
        keys: {
          protobuf: {
            kind: 'object',
            required: ['schema', 'type'],
            keys: { schema: schemaPath, type: protobufType },
          },
        },
      },
    },
  },
};

/** What is carried in frames of text is no binary message. */
function checkWrapping(node: JsonNode, report: Report, where: string): void {
  const wrap = memberOf(node, 'wrap');
  if (!wrap) return;
  const other = PAYLOADS_OF_BYTES.map((key) => memberOf(node, key)).find((member) => member !== undefined);
  if (other)
    report('conflict', wrap.key, `${quote(where)}: \`wrap\` carries texts, and ${quote(other.key.name)} gives bytes.`);
}

const PAYLOADS_OF_BYTES = ['binary', 'compress', ...PAYLOAD_KINDS.filter(isSentAsBinary)];

export function checkTrue(node: JsonNode, report: Report, where: string): void {
  if (node.type === 'boolean' && !node.value) {
    report('invalid-value', node, `${quote(where)} must be true: leave it out where the kind decides.`);
  }
}

/** Big integers stand in texts there. */
export function checkProtobufValue(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object') report('wrong-type', node, `${quote(where)} must be an object in { }.`);
  else warnAboutNumbers(node, report);
}

const MQTT_COMMANDS = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
];

export function checkMqttPacket(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object') {
    report('wrong-type', node, `${quote(where)} must be an object in { }: a packet.`);
    return;
  }
  const cmd = memberOf(node, 'cmd')?.value;
  const start = { offset: node.offset, length: 1 };
  if (!cmd) report('missing-key', start, `${quote(where)} needs the key \`cmd\`: "connect", "publish", "subscribe"….`);
  else validate(cmd, { kind: 'text', values: MQTT_COMMANDS }, report, `${where}.cmd`);
  warnAboutNumbers(node, report);
}

/** What is written must be what is sent: a double would change it without a word. */
function warnAboutNumbers(node: JsonNode, report: Report): void {
  if (node.type === 'array') for (const item of node.items) warnAboutNumbers(item, report);
  if (node.type === 'object') for (const { value } of node.members) warnAboutNumbers(value, report);
  if (node.type !== 'number') return;
  const whole = /^-?\d+$/.test(node.raw);
  const exact =
    Number.isFinite(node.value) && (!whole || (node.raw.length < 400 && BigInt(node.raw) === BigInt(node.value)));
  if (!exact) {
    const sent = JSON.stringify(node.value);
    report(
      'number-precision',
      node,
      `This number would be sent as ${sent}: use \`text\` to send it as written.`,
      'warning',
    );
  }
}
