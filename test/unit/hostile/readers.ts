import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that a command reads, and what it may be: `name` decides how it is read. */
export interface Reader {
  readonly name: string;
  /** One that is as it should be, or the command that writes it. */
  readonly good: string | readonly string[];
  /** The commands that read it, where `FILE` is its path and `DIR` a folder to write to. */
  readonly commands: readonly (readonly string[])[];
}

const NOWHERE = 'ws://127.0.0.1:1/';
const QUICK = ['--timeout', '500ms', '--proxy', 'none'];

const HEADER = {
  schema: 'wsprobe.recording/1',
  name: 'orders',
  url: 'ws://127.0.0.1:1/',
  startedAt: '2026-01-01T00:00:00.000Z',
  subprotocol: null,
  dialect: null,
  request: { target: '/', headers: [['Host', '127.0.0.1']] },
  response: { status: 101, reason: 'Switching Protocols', headers: [['Upgrade', 'websocket']] },
};

const frame = (index: number, direction: string, payload: object, more: object = {}) => ({
  type: 'frame',
  connection: 1,
  index,
  atMs: index * 1.5,
  direction,
  opcode: 1,
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  masked: direction === 'sent',
  wireBytes: 13,
  payloadBytes: 7,
  ...payload,
  truncated: false,
  ...more,
});

const LINES = [
  HEADER,
  { type: 'open', connection: 1, atMs: 0 },
  frame(1, 'sent', { text: '{"a":1}' }),
  frame(2, 'received', { text: '{"b":2}' }),
  frame(3, 'received', { base64: 'AAECAwQFBg==' }, { opcode: 2 }),
  frame(
    4,
    'received',
    { base64: 'ykjNyckHAA==' },
    { rsv1: true, inflated: { bytes: 5, text: 'hello', truncated: false } },
  ),
  {
    type: 'message',
    connection: 2,
    index: 5,
    atMs: 9,
    direction: 'sent',
    kind: 'text',
    payloadBytes: 2,
    text: 'hi',
    truncated: false,
  },
  { type: 'note', connection: 1, atMs: 10, text: 'a note' },
  { type: 'lost', atMs: 11, frames: 3, reason: 'slow' },
  {
    type: 'close',
    connection: 1,
    atMs: 12,
    close: { code: 1000, reason: 'bye', initiator: 'server', clean: true, evidence: '' },
  },
];

export const RECORDING = LINES.map((line) => `${JSON.stringify(line)}\n`).join('');

const HAR = JSON.stringify({
  log: {
    version: '1.2',
    creator: { name: 'x', version: '1' },
    entries: [
      {
        startedDateTime: '2026-01-01T00:00:00.000Z',
        time: 5,
        request: { method: 'GET', url: 'wss://h.test/a?b=1', headers: [{ name: 'Host', value: 'h.test' }] },
        response: {
          status: 101,
          statusText: 'Switching Protocols',
          headers: [{ name: 'Upgrade', value: 'websocket' }],
        },
        _resourceType: 'websocket',
        _webSocketMessages: [
          { type: 'send', time: 1767225600.1, opcode: 1, data: '{"a":1}' },
          { type: 'receive', time: 1767225600.2, opcode: 2, data: 'AAEC' },
        ],
      },
    ],
  },
});

const PROFILE = JSON.stringify({
  name: 'p',
  url: NOWHERE,
  headers: { 'X-A': '${v}' },
  variables: { v: '1' },
  message: { send: { json: { a: [1, 2] } }, expect: { jsonPath: '$.a', equals: 1 } },
  expect: { holdMs: 1, headers: { a: { matches: '^b' } } },
  environments: { local: { variables: { v: '2' } } },
});

const FAULTS = JSON.stringify([
  { when: { connection: 1, match: { contains: 'a' } }, direction: 'toClient', do: { delayMs: 5 } },
]);

export const READERS: readonly Reader[] = [
  {
    name: 'a.wsrec',
    good: RECORDING,
    commands: [
      ['show', 'FILE'],
      ['show', 'FILE', '--wire'],
      ['show', 'FILE', '--operations'],
      ['show', 'FILE', '--json', '--filter', 'a'],
      ['diff', 'FILE', 'FILE'],
      ['convert', 'FILE', 'DIR/o.har', '--force'],
      ['convert', 'FILE', 'DIR/o.jsonl', '--force'],
      ['convert', 'FILE', 'DIR/o.wsprobe', '--force'],
      ['contract', 'learn', 'FILE'],
      ['replay', 'FILE', NOWHERE, ...QUICK],
    ],
  },
  {
    name: 'a.har',
    good: HAR,
    commands: [
      ['show', 'FILE'],
      ['convert', 'FILE', 'DIR/o.wsrec', '--force'],
      ['contract', 'learn', 'FILE'],
      ['diff', 'FILE', 'FILE'],
    ],
  },
  {
    name: 'a.jsonl',
    good: ['convert', 'DIR/good.wsrec', 'FILE', '--force'],
    commands: [
      ['show', 'FILE'],
      ['convert', 'FILE', 'DIR/o.har', '--force'],
      ['convert', 'FILE', 'DIR/o.k6', '--to', 'k6', '--force'],
    ],
  },
  {
    name: 'a.http',
    good: 'WEBSOCKET wss://h.test/a\nX-A: 1\n\n{"a":1}\n===\nhi\n',
    commands: [
      ['convert', 'FILE', 'DIR/o.wsprobe', '--force'],
      ['convert', 'FILE', 'DIR/o.mjs', '--force'],
    ],
  },
  {
    name: 'a.yaml',
    good: 'name: a\nurl: wss://h.test/\ninterval: 30s\n',
    commands: [['convert', 'FILE', 'DIR/o.wsprobe', '--force']],
  },
  {
    name: 'a.txt',
    good: `curl -H 'X-A: 1' --data '{"a":"$B"}' "wss://h.test/\${C}"`,
    commands: [
      ['convert', 'FILE', 'DIR/o.wsprobe', '--from', 'curl', '--force'],
      ['convert', 'FILE', 'DIR/o.wsprobe', '--from', 'websocat', '--force'],
    ],
  },
  {
    name: 'a.wsprobe',
    good: PROFILE,
    commands: [
      ['probe', 'FILE', ...QUICK],
      ['run', 'FILE', '--reporter', 'junit'],
      ['convert', 'FILE', 'DIR/o.txt', '--to', 'curl', '--force'],
      ['convert', 'FILE', 'DIR/o.js', '--force'],
      ['connect', 'FILE', '--once', ...QUICK],
    ],
  },
  {
    name: 'wsprobe.env.json',
    good: JSON.stringify({ local: { variables: { v: '3' } } }),
    commands: [['probe', 'DIR/beside.wsprobe', '--env', 'local', ...QUICK]],
  },
  {
    name: 'contract.json',
    good: ['contract', 'learn', 'DIR/good.wsrec', '-o', 'FILE'],
    commands: [
      ['contract', 'check', 'FILE', 'DIR/good.wsrec'],
      ['contract', 'export', 'FILE'],
    ],
  },
  { name: 'faults.json', good: FAULTS, commands: [['tap', '--target', NOWHERE, '--faults', 'FILE']] },
  {
    name: 'secrets.txt',
    good: '# a\na=hunter22\nB="x"\n',
    commands: [['probe', `${NOWHERE}?\${secret:a}`, '--secrets-file', 'FILE', ...QUICK]],
  },
  {
    name: 'secrets.json',
    good: '{"a":"hunter22"}',
    commands: [['probe', `${NOWHERE}?\${secret:a}`, '--secrets-file', 'FILE', ...QUICK]],
  },
  {
    name: 'report.json',
    good: JSON.stringify({
      schema: 'wsprobe.report/1',
      name: 'a',
      url: NOWHERE,
      verdict: 'down',
      phases: [],
      findings: [],
    }),
    commands: [['diff', 'FILE', 'FILE']],
  },
  {
    name: 'ca.pem',
    good: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    commands: [['probe', 'wss://127.0.0.1:1/', '--ca', 'FILE', ...QUICK]],
  },
  {
    name: 'lines.txt',
    good: 'one\ntwo\n',
    commands: [
      ['connect', NOWHERE, '--file', 'FILE', ...QUICK],
      ['connect', NOWHERE, '--send', '@FILE', ...QUICK],
    ],
  },
  {
    name: 'schema.json',
    good: '{"type":"object","properties":{"a":{"type":"string","pattern":"^a"}}}',
    commands: [['probe', 'DIR/schema.wsprobe', ...QUICK]],
  },
  {
    name: 'orders.proto',
    good: 'syntax = "proto3"; package shop; message Order { int32 id = 1; }',
    commands: [['probe', 'DIR/proto.wsprobe', ...QUICK]],
  },
];

/** What the commands read beside the file. */
export function writeBeside(folder: string): void {
  writeFileSync(join(folder, 'good.wsrec'), RECORDING);
  writeFileSync(join(folder, 'beside.wsprobe'), PROFILE);
  const message = (send: object, expect: object) => JSON.stringify({ url: NOWHERE, message: { send, expect } });
  writeFileSync(join(folder, 'schema.wsprobe'), message({ text: 'a' }, { schema: './schema.json' }));
  const protobuf = { schema: './orders.proto', type: 'shop.Order', value: { id: 1 } };
  writeFileSync(join(folder, 'proto.wsprobe'), message({ protobuf }, { contains: 'a' }));
}

const DEEP = 100_000;
const LONG = '9'.repeat(100_000);

/** What a hostile hand makes of a good file. */
export function spoiled(good: Uint8Array | string): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(good);
  const text = bytes.toString('latin1');
  const all: [string, Uint8Array | string][] = [
    ['nothing', ''],
    ['a NUL', '\0'],
    ['NULs', Buffer.alloc(65_536)],
    ['the BOM of UTF-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['UTF-16 big-endian', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()])],
    ['deep lists', '['.repeat(DEEP)],
    ['deep lists, closed', `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`],
    ['deep objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
    ['deep behind the first line', `${text.split('\n')[0]}\n${'{"a":['.repeat(DEEP)}\n`],
    ['deep within', text.replace(/:(?=[^:]*$)/, `:${'['.repeat(DEEP)}${']'.repeat(DEEP)},"x":`)],
    ['deep braces of variables', text.replaceAll('${', '${'.repeat(1_000))],
    ['a long line', 'a'.repeat(1_500_000)],
    ['a long number', LONG],
    ['numbers beyond', text.replaceAll(/\d+/g, LONG.slice(0, 400))],
    ['negative numbers', text.replaceAll(/(?<=[:,[])\d+/g, '-7')],
    ['1e999', text.replaceAll(/(?<=[:,[])\d+/g, '1e999')],
    ['fractions', text.replaceAll(/(?<=[:,[])\d+/g, '0.30000000000000004')],
    ['null for all', text.replaceAll(/(?<=:)("[^"]*"|\d+|true|false)/g, 'null')],
    ['objects for all', text.replaceAll(/(?<=:)("[^"]*"|\d+|true|false)/g, '{}')],
    ['lists for all', text.replaceAll(/(?<=:)("[^"]*"|\d+|true|false)/g, '[[]]')],
    ['texts for all', text.replaceAll(/(?<=:)(\d+|true|false|null)/g, '"x"')],
    ['__proto__', text.replaceAll(/"[A-Za-z]+":/g, '"__proto__":')],
    ['constructor', text.replaceAll(/"([a-z]+)":/g, '"constructor":')],
    [
      '__proto__ beside',
      text
        .replaceAll('{', '{"__proto__":{"polluted":1,"a":[1]},"constructor":{"prototype":{"polluted":1}},')
        .replaceAll(',}', '}'),
    ],
    ['twice the keys', text.replaceAll(/("[A-Za-z]+"):("[^"]*"|\d+)/g, '$1:$2,$1:$2')],
    ['lone surrogates', text.replaceAll(/"([A-Za-z ]+)"(?!:)/g, '"\\ud800$1\\udfff"')],
    ['lone surrogates as bytes', Buffer.from(text.replaceAll('a', '\xed\xa0\x80'), 'latin1')],
    ['NUL within', text.replaceAll('"', '"\0')],
    ['escapes', text.replaceAll(/"([A-Za-z ]+)"(?!:)/g, '"\\u001b[31m\\u0000\\u202e$1"')],
    ['CR alone', text.replaceAll('\n', '\r')],
    ['twice', text + text],
    ['backwards', Buffer.from(bytes.toReversed())],
    ['a path up', text.replaceAll(/"([a-z]+)"(?!:)/g, '"../../../../etc/passwd"')],
    ['expressions that never end', text.replaceAll(/"([a-z]+)"(?!:)/g, '"^(a+)+$"')],
    ['many items', `[${'{},'.repeat(60_000)}{}]`],
    ['many lines', `${text.split('\n')[0]}\n${'{}\n'.repeat(60_000)}`],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replaceAll(/./g, (name) => `${name}: &${name} [*${String.fromCharCode(name.charCodeAt(0) - 1)}${`,*${String.fromCharCode(name.charCodeAt(0) - 1)}`.repeat(8)}]\n`)}`,
    ],
  ];
  for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 23)))
    all.push([`cut at ${at}`, bytes.subarray(0, at)]);
  for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 31))) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    all.push([`a bit of byte ${at}`, flipped]);
  }
  return new Map(
    all.map(([name, content]) => [name, typeof content === 'string' ? Buffer.from(content, 'latin1') : content]),
  );
}
