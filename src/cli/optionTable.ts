/** An option of the command line, as `parseArgs` takes it and as help tells it. Data alone: help loads it by itself. */
export interface CliOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** It may be given more than once. */
  readonly multiple?: boolean;
  /** What stands for its value: `<file>`. Words outside of `<>` are typed as they stand, and completed. */
  readonly value?: string;
  /** Lines beside it in help. */
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, CliOption>>;

/** Understood by every command that shows something. */
const OUTPUT = {
  json: { type: 'boolean', help: 'exactly one JSON document on standard output' },
  verbose: { type: 'boolean', short: 'v', help: 'heads, certificates, frames, every fix' },
  'no-color': { type: 'boolean', help: 'also NO_COLOR; FORCE_COLOR colours a pipe' },
} as const satisfies OptionTable;

/** How to connect, without a profile or instead of what the profile says. */
const TARGET = {
  header: { type: 'string', short: 'H', multiple: true, value: "'Name: value'", help: 'repeatable' },
  subprotocol: { type: 'string', multiple: true, value: '<token>', help: 'repeatable, or comma-separated' },
  origin: { type: 'string', value: '<origin>', help: '' },
  bearer: { type: 'string', value: '<token>', help: 'Authorization: Bearer …' },
  basic: { type: 'string', value: '<user:password>', help: 'Authorization: Basic …' },
  digest: { type: 'string', value: '<user:password>', help: 'the same by Digest: asked first without it' },
  cookie: { type: 'string', multiple: true, value: '<name=value>', help: 'repeatable' },
  ca: { type: 'string', multiple: true, value: '<file>', help: 'trust this authority; repeatable' },
  cert: { type: 'string', value: '<file>', help: 'client certificate (PEM)' },
  key: { type: 'string', value: '<file>', help: 'its key (PEM)' },
  pfx: { type: 'string', value: '<file>', help: 'the same as PKCS #12' },
  passphrase: { type: 'string', value: '<text>', help: "opens --key or --pfx; '${secret:name}' works too" },
  'server-name': { type: 'string', value: '<host>', help: 'asked for in TLS and expected in the certificate' },
  'min-tls': { type: 'string', value: '1.0|1.1|1.2|1.3', help: 'oldest TLS version to accept' },
  insecure: { type: 'boolean', short: 'k', help: 'do not check the certificate' },
  proxy: {
    type: 'string',
    value: '<url>|auto|none',
    help: 'http:, https:, socks4:, socks4a: or socks5:; auto\n(default) follows HTTPS_PROXY and the like',
  },
  http: { type: 'string', value: '1.1|2|auto', help: '2 insists on HTTP/2, auto takes it where offered' },
  'no-compression': { type: 'boolean', help: 'do not offer permessage-deflate' },
  'follow-redirects': { type: 'boolean', help: 'ten at most, credentials left behind' },
  timeout: { type: 'string', value: '<time>', help: 'limit of each phase: 500, 500ms, 5s' },
  'allow-link-local': { type: 'boolean', help: 'permit link-local and cloud metadata addresses' },
} as const satisfies OptionTable;

/** Of one probe, or of each. */
const PROBE_CHECKS = {
  send: { type: 'string', value: '<text>', help: 'send a message and measure the reply' },
  expect: { type: 'string', value: 'echo|any|<text>', help: 'the reply wanted (default any)' },
  samples: { type: 'string', value: '<n>', help: 'how many round trips' },
  'expect-subprotocol': { type: 'string', value: '<token>|none', help: 'the server must select this one' },
  'cert-days': { type: 'string', value: '<n>', help: 'its certificate must be good for n days more' },
  hold: { type: 'string', value: '<time>', help: 'must stay open this long (default 250 ms)' },
  'no-ping': { type: 'boolean', help: 'send no ping of ours while it is held' },
  'ping-interval': { type: 'string', value: '<s>', help: 'while held, ping every so many seconds' },
} as const satisfies OptionTable;

const CHECKS = {
  ...PROBE_CHECKS,
  strict: { type: 'boolean', help: 'degraded counts as failed' },
} as const satisfies OptionTable;

/** Of commands that make probes. */
const TRACES = {
  otlp: {
    type: 'string',
    value: '<url>',
    help: 'send a trace of each probe to this collector\n(OTLP/HTTP, JSON), and traceparent with its\nupgrade request',
  },
} as const satisfies OptionTable;

const VARIABLES = {
  env: {
    type: 'string',
    value: '<name>',
    help: 'environment of the profile, or of the\nwsprobe.env.json beside or above it',
  },
  var: { type: 'string', multiple: true, value: '<name=value>', help: 'fills ${name}; repeatable' },
  secret: {
    type: 'string',
    multiple: true,
    value: '<name=value>',
    help: 'fills ${secret:name}; or set WSPROBE_SECRET_NAME',
  },
  'secrets-file': {
    type: 'string',
    value: '<file>',
    help: 'NAME=value lines (# comments), or a JSON object;\n--secret wins',
  },
} as const satisfies OptionTable;

/** How results of a run can be told, as `--reporter` names it. */
export const REPORTER_NAMES = ['text', 'json', 'junit', 'tap', 'github', 'html'] as const;

const EXPERIMENT = {
  connections: { type: 'string', value: '<n>', help: 'how many; more than 50 are asked about' },
  for: { type: 'string', value: '<time>', help: 'how long: 500ms, 30s, 5m' },
  'json-path': { type: 'string', value: '<path>', help: 'what to read of a message: $.seq' },
  'response-header': { type: 'string', value: '<name>', help: 'what tells backends apart' },
  pid: { type: 'string', value: '<n>', help: 'of a server on this machine: its memory and files' },
  yes: { type: 'boolean', short: 'y', help: 'do not ask' },
} as const satisfies OptionTable;

const RUN = {
  grep: { type: 'string', value: '<expression>', help: 'only those whose path, name or\nenvironment matches' },
  concurrency: { type: 'string', value: '<n>', help: 'at a time (default 4)' },
  repeat: { type: 'string', value: '<n>', help: 'each profile so often' },
  retry: {
    type: 'string',
    value: '<n>',
    help: 'a failed probe again, so often at most; one that\nthen passes is told as flaky',
  },
  bail: { type: 'boolean', help: 'start no more after the first failure' },
} as const satisfies OptionTable;

const RUN_OUTPUT = {
  reporter: {
    type: 'string',
    multiple: true,
    value: `${REPORTER_NAMES.join('|')}[=<file>]`,
    help: 'repeatable; one without a file owns standard\noutput: text where none is named',
  },
  output: { type: 'string', short: 'o', value: '<file>', help: 'instead of standard output' },
  reports: { type: 'string', value: '<folder>', help: 'each report there, as JSON' },
  json: { type: 'boolean', help: 'as --reporter json' },
  quiet: { type: 'boolean', short: 'q', help: 'text: failures and the summary alone' },
  verbose: { type: 'boolean', short: 'v', help: 'text: all there is to say about a failure' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const ENVIRONMENTS = {
  ...VARIABLES,
  env: {
    type: 'string',
    multiple: true,
    value: '<name>',
    help: 'environment of the profiles, or of the\nwsprobe.env.json beside or above them; repeatable',
  },
} as const satisfies OptionTable;

const TALKING = {
  'ping-interval': { type: 'string', value: '<s>', help: 'ping every so many seconds; drop a dead peer' },
  reconnect: { type: 'boolean', help: 'when dropped, with growing delays, 10 times' },
  'no-pong': { type: 'boolean', help: "leave the peer's pings unanswered" },
  once: { type: 'boolean', help: 'close after the first message; none is a failure' },
  max: { type: 'string', value: '<n>', help: 'close after n received messages; fewer fail' },
  until: {
    type: 'string',
    value: '<text|/regex/>',
    help: 'close after a received message that matches;\nnone is a failure',
  },
} as const satisfies OptionTable;

const SENDING = {
  send: {
    type: 'string',
    multiple: true,
    value: '<text>',
    help: 'send this first; @file what stands in a file,\n@- all of standard input, @@ an @; repeatable',
  },
  file: { type: 'string', value: '<file>', help: 'then each line of this file; - standard input' },
  binary: { type: 'boolean', help: 'as binary messages; all input is one message\nunless --lines or --null parts it' },
  lines: { type: 'boolean', help: 'a line is a message (default but for --binary)' },
  null: { type: 'boolean', help: 'NUL parts messages, in and out, not a line break' },
  whole: { type: 'boolean', help: 'all input is one message' },
  wait: {
    type: 'string',
    value: '<time>|forever',
    help: "read on after the last was sent (default 500 ms;\nwith --once, --max or --until the profile's limit\nfor a reply)",
  },
} as const satisfies OptionTable;

const TRANSCRIPT = {
  timestamps: {
    type: 'string',
    value: 'since|delta|absolute',
    help: 'ms since open (default), since the line before,\nor by the clock',
  },
  'no-control': { type: 'boolean', help: 'no pings, pongs and Close frames' },
  pretty: { type: 'boolean', help: 'JSON messages on several lines' },
  raw: { type: 'boolean', help: 'in a pipe nothing behind a message: bytes alone' },
  labels: { type: 'boolean', help: 'what each message is in its dialect (on a\nterminal or with --json)' },
  decode: {
    type: 'string',
    value: '<name>',
    multiple: true,
    help: 'show messages as gzip, deflate, brotli, base64,\nmsgpack, cbor or protobuf:FILE:TYPE has them\n(repeatable, in order)',
  },
  dialect: { type: 'string', value: 'auto|none|<name>', help: 'instead of recognising it' },
  record: { type: 'string', value: '<file>', help: 'record to a .wsrec file' },
  json: { type: 'boolean', help: 'a JSON object a line for each frame and event' },
  verbose: { type: 'boolean', short: 'v', help: 'all there is to say about a failure, and how\nlong replies took' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const WATCH = {
  every: {
    type: 'string',
    value: '<time>',
    help: "between two looks: 500ms, 30s, 5m (default the\nprofile's watch.everyMs, else 30s)",
  },
  count: { type: 'string', value: '<n>', help: 'looks at each target, then end' },
  for: { type: 'string', value: '<time>', help: 'then end: 90s, 10m, 8h' },
  held: { type: 'boolean', help: 'one connection that stays, in place of probes' },
  'json-path': {
    type: 'string',
    value: '<path>',
    help: "the number in messages of a held connection: lost\nones are counted by it: $.seq (default the\nprofile's watch.sequence)",
  },
  history: {
    type: 'string',
    value: '<folder>',
    help: 'keep there what was seen, and go on with the last\nday of it: each sample for a day, minutes for a\nmonth, 128 MiB at most',
  },
  json: { type: 'boolean', help: 'a sample a line, as JSON; all else on standard\nerror' },
  quiet: { type: 'boolean', short: 'q', help: 'alerts and the summary alone' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const EXPORTER = {
  listen: { type: 'string', value: '<host:port>', help: 'default 127.0.0.1:9115; port 0 takes a free one' },
  allow: {
    type: 'string',
    multiple: true,
    value: '<pattern>',
    help: "targets that a scrape may name, none without it:\n'wss://*.example.com' (any subdomain),\n'ws://localhost:*' (any port); repeatable",
  },
  concurrency: { type: 'string', value: '<n>', help: 'probes at once (default 32); more get a 503' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const MCP = {
  root: {
    type: 'string',
    value: '<folder>',
    help: 'profiles in and below it may be used, with the\nsecrets that they name; none without it',
  },
  allow: {
    type: 'string',
    multiple: true,
    value: '<pattern>',
    help: "what may be reached beside this machine:\n'wss://*.example.com' (any subdomain); repeatable",
  },
} as const satisfies OptionTable;

const TAP = {
  target: { type: 'string', short: 't', value: '<url|file>', help: "where it leads; path / takes the client's own" },
  listen: { type: 'string', value: '<host:port>', help: 'default 127.0.0.1:0; port 0 takes a free one' },
  tls: { type: 'boolean', help: 'listen to wss, by an authority of this machine' },
  'remove-authority': { type: 'boolean', help: 'forget that authority, and end' },
  'remove-header': {
    type: 'string',
    value: '<name>',
    multiple: true,
    help: 'leave out of what clients ask with; repeatable',
  },
  record: { type: 'string', value: '<folder>', help: 'record all clients there, in files of 64 MiB' },
  faults: { type: 'string', value: '<file>', help: 'what goes wrong, and when: JSON with comments' },
  seed: { type: 'string', value: '<n>', help: 'what faults leave to chance (default: a new one)' },
  'answer-from': {
    type: 'string',
    value: '<recording>',
    help: 'answer as it did while the server is down',
  },
  metrics: { type: 'string', value: '<host:port>', help: 'for Prometheus; port 0 takes a free one' },
  pid: {
    type: 'string',
    value: '<n>',
    help: 'of the server: alert when its memory grows, and\nits memory and files in metrics',
  },
  dialect: { type: 'string', value: 'auto|none|<name>', help: 'instead of recognising it' },
  timestamps: {
    type: 'string',
    value: 'since|delta|absolute',
    help: 'ms since the beginning (default), since the line\nbefore, or by the clock',
  },
  pretty: TRANSCRIPT.pretty,
  quiet: { type: 'boolean', short: 'q', help: 'no messages: where it listens, and the summary' },
  json: { type: 'boolean', help: 'the lines of a recording' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const EXPLAIN = {
  dialect: { type: 'string', value: '<name>', help: 'the protocol that was spoken' },
  json: OUTPUT.json,
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const SHOW = {
  filter: {
    type: 'string',
    short: 'f',
    value: '<filter>',
    help: "rows that match, as in the editor's log:\n'dir:in /error/', 'kind:text size:>1k', conn:2",
  },
  wire: { type: 'boolean', help: 'frames as they stood on the wire' },
  operations: { type: 'boolean', help: 'requests with the times of their replies' },
  timestamps: {
    type: 'string',
    value: 'since|delta|absolute',
    help: 'ms since the recording began (default), since\nthe line before, or by the clock',
  },
  'no-control': TRANSCRIPT['no-control'],
  pretty: TRANSCRIPT.pretty,
  decode: TRANSCRIPT.decode,
  dialect: TRANSCRIPT.dialect,
  json: { type: 'boolean', help: 'the lines of a recording' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const ATTACH = {
  hook: {
    type: 'boolean',
    help: 'put a wrapper round WebSocket into the program:\nclose codes, and the messages of Node, which\nnothing else tells; gone when this ends',
  },
  record: TRANSCRIPT.record,
  json: { type: 'boolean', help: 'the lines of a recording' },
  timestamps: {
    type: 'string',
    value: 'since|delta|absolute',
    help: 'ms since this began (default), since the line\nbefore, or by the clock',
  },
  pretty: TRANSCRIPT.pretty,
  dialect: TRANSCRIPT.dialect,
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const DIFF = { json: OUTPUT.json, 'no-color': OUTPUT['no-color'] } as const satisfies OptionTable;

const REPLAY = {
  pace: {
    type: 'string',
    value: 'reply|real|fast',
    help: 'each message once what came before it has come\n(default), when it was said, or at once',
  },
  connection: {
    type: 'string',
    value: '<n>|all',
    help: 'which of the recording (default the first); all\ntake their own paths where the URL has none',
  },
  concurrency: { type: 'string', value: '<n>', help: 'of all: connections at a time (default 1)' },
  ignore: {
    type: 'string',
    multiple: true,
    value: '<path>',
    help: "not compared: '$.total', '$..price'; repeatable",
  },
  exact: { type: 'boolean', help: 'compare identifiers, times and sequence numbers\ntoo' },
} as const satisfies OptionTable;

const MOCK = {
  listen: { type: 'string', value: '<host:port>', help: 'default 127.0.0.1:0: a free port' },
  connection: {
    type: 'string',
    value: '<n>',
    help: 'this one of the recording for every client; else\nthey take turns, those of the same path first',
  },
  pace: { type: 'string', value: 'fast|real', help: 'answers at once (default), or after as long as\nthey took' },
  json: { type: 'boolean', help: 'all that happens, a JSON object a line' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const CONTRACT = {
  output: { type: 'string', short: 'o', value: '<file>', help: 'instead of standard output' },
  json: { type: 'boolean', help: 'check: what departs, as one JSON document' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

const INIT = {
  output: {
    type: 'string',
    short: 'o',
    value: '<file>',
    help: 'instead of <host>.wsprobe in this folder;\n- is standard output',
  },
  force: { type: 'boolean', short: 'f', help: 'overwrite a file that is there' },
} as const satisfies OptionTable;

/** Forms that `convert` reads or writes, as it names them. */
export const FORMAT_NAMES = [
  'wsprobe',
  'wsrec',
  'har',
  'jsonl',
  'curl',
  'websocat',
  'wscat',
  'http',
  'monitor',
  'node',
  'k6',
] as const;

const CONVERT = {
  from: {
    type: 'string',
    value: '<format>',
    help: 'where the name does not tell; without either a\ncurl, websocat or wscat command line',
  },
  to: { type: 'string', value: '<format>', help: 'where the name does not tell' },
  env: { type: 'string', value: '<name>', help: 'environment of the profile' },
  messages: {
    type: 'string',
    value: '<filter>',
    help: "of a recording those that match, as in show:\n'dir:out', '/order/', conn:2",
  },
  connection: { type: 'string', value: '<n>', help: 'of a recording this one (default the first)' },
  request: {
    type: 'string',
    value: '<n|name>',
    help: 'of several requests, monitors or command lines\nthis one (default the first)',
  },
  force: { type: 'boolean', short: 'f', help: 'overwrite a file that is there' },
} as const satisfies OptionTable;

/** Shells that `completion` writes for. */
export const SHELL_NAMES = ['bash', 'zsh', 'fish', 'powershell'] as const;

const PLAYGROUND = {
  port: { type: 'string', value: '<n>', help: 'of http and ws (default 4480); 0 takes free ports' },
  host: { type: 'string', value: '<address>', help: '127.0.0.1 or ::1' },
  'ca-file': { type: 'string', value: '<file>', help: 'write the authority of its certificates there' },
  'client-file': { type: 'string', value: '<file>', help: 'write a client certificate with its key there' },
  json: { type: 'boolean', help: 'the addresses as one JSON line' },
  'no-color': OUTPUT['no-color'],
} as const satisfies OptionTable;

/** Options by the title that stands over them in help. */
export type OptionGroups = Readonly<Record<string, OptionTable>>;

const CONNECTION_TITLE = 'Connection (for URLs, and over what a profile says)';
const CONNECTION_GROUP = { [CONNECTION_TITLE]: TARGET } as const;
/** Compression and redirects are for the clients of a tap to ask for. */
const { 'no-compression': _compression, 'follow-redirects': _redirects, ...RELAYED } = TARGET;
const PROBE_GROUPS = { ...CONNECTION_GROUP, Checks: CHECKS, Variables: VARIABLES, Output: OUTPUT } as const;

/** What may be said about a connection and its checks, by every command that probes. */
export const CONNECTION_OPTIONS = { ...TARGET, ...CHECKS, ...VARIABLES } as const;

/** Taken by every command, and told by those alone that have more to say. */
export const COMMON_OPTIONS = { verbose: OUTPUT.verbose, help: { type: 'boolean', short: 'h', help: 'this' } } as const;

/** The commands, each with its options in the order of its help. */
export const COMMAND_OPTIONS = {
  probe: {
    ...PROBE_GROUPS,
    Output: {
      ...OUTPUT,
      quiet: { type: 'boolean', short: 'q', help: 'one line: verdict, target, time and why' },
      ...TRACES,
    },
  },
  run: { '': RUN, Results: { ...RUN_OUTPUT, ...TRACES }, ...CONNECTION_GROUP, Checks: CHECKS, Variables: ENVIRONMENTS },
  connect: {
    Talking: TALKING,
    Sending: SENDING,
    Output: TRANSCRIPT,
    ...CONNECTION_GROUP,
    Variables: VARIABLES,
  },
  watch: { '': { ...WATCH, ...TRACES }, ...CONNECTION_GROUP, Checks: PROBE_CHECKS, Variables: VARIABLES },
  exporter: { '': EXPORTER, ...CONNECTION_GROUP, Checks: PROBE_CHECKS, Variables: VARIABLES },
  mcp: { '': MCP },
  tap: { '': TAP, [CONNECTION_TITLE]: RELAYED, Variables: VARIABLES },
  lab: { Experiment: EXPERIMENT, ...PROBE_GROUPS },
  init: { '': INIT },
  attach: { '': ATTACH },
  show: { '': SHOW },
  diff: { '': DIFF },
  replay: {
    '': REPLAY,
    Output: { ...OUTPUT, reporter: RUN_OUTPUT.reporter },
    ...CONNECTION_GROUP,
    Variables: VARIABLES,
  },
  mock: { '': MOCK, 'Variables (of a profile)': VARIABLES },
  contract: { '': CONTRACT },
  convert: { '': CONVERT },
  explain: { '': EXPLAIN },
  playground: { '': PLAYGROUND },
  completion: {},
} as const satisfies Readonly<Record<string, OptionGroups>>;

export type CommandName = keyof typeof COMMAND_OPTIONS;
