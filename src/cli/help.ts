import { EXPERIMENTS } from '../core/lab/experiments.js';
import { COMMAND_OPTIONS, type CliOption, type CommandName, type OptionTable, SHELL_NAMES } from './optionTable.js';

/** Loaded by itself, with the table of options alone: help must not wait for the rest of the program. */
export interface CommandText {
  /** What follows the name of the command. */
  readonly wants: string;
  /** In the list of commands, where it is not the same. */
  readonly listedAs?: string;
  readonly summary: string;
  readonly about: string;
  /** What stands below the options. */
  readonly closing?: string;
}

const HELP_COLUMN = 31;

/** A time as one writes it behind an option. */
function asOption(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** What each experiment finds out, and its bounds. */
function experimentLines(): string {
  const lines = Object.entries(EXPERIMENTS).flatMap(([name, { about, connections, forMs }]) => {
    const bounds = [
      connections && `--connections ${connections.usual} (to ${connections.most})`,
      forMs && `--for ${asOption(forMs.usual)} (to ${asOption(forMs.most)})`,
    ].filter((bound) => bound !== undefined);
    return [...about, ...bounds].map((line, index) => `  ${index === 0 ? name : ''}`.padEnd(HELP_COLUMN) + line);
  });
  return lines.join('\n');
}

const EXIT_CODES = `Exit codes: 0 healthy or degraded; 1 connected, then failed (or degraded with
--strict); 2 bad usage or profile; 3 no connection; 70 our own fault;
130 interrupted.`;

const COMMANDS: Readonly<Record<CommandName, CommandText>> = {
  probe: {
    wants: ' <url|file>',
    summary: 'one probe, explained',
    about: `Connects, checks, measures and closes; says whether it is well and, if not, why
and what to change.

  wsprobe probe wss://example.com/socket
  wsprobe probe ws://localhost:8080/ --send hello --expect echo
  wsprobe probe orders.wsprobe --env local --json`,
    closing: EXIT_CODES,
  },
  run: {
    wants: ' <files|folders|globs|urls…>',
    listedAs: ' <files|folders…>',
    summary: 'every profile (*.wsprobe), for CI',
    about: `Probes every profile named, every *.wsprobe below a folder, and URLs; in each
environment that --env names, side by side. Results stand in the order of the
profiles, however long one of them takes.

  wsprobe run examples --env local --env staging
  wsprobe run 'checks/**/*.wsprobe' --retry 2 --reporter junit=results.xml
  wsprobe run checks --reporter github --reporter html=results.html`,
    closing: `The exit code is that of the worst profile: 70, 2, 3, then 1. All are
reported, whatever one of them is. In JUnit a suite is a profile in one
environment; exit 1 is a failure, 2, 3 and 70 are errors.

${EXIT_CODES}`,
  },
  connect: {
    wants: ' <url|file>',
    summary: 'talk: a prompt, or a pipe',
    about: `Talks. On a terminal: a prompt with history, what comes is printed above it,
/help lists the commands. From a pipe: every line is sent as one text message,
unless --send or --file says what to send: then standard input is not read.
Standard output is a transcript on a terminal, or JSON lines; in a pipe or a
file the bytes of the received messages, each with a line break behind it and
nothing altered or hidden (a transcript, --json and --record hide secrets).

  wsprobe connect wss://example.com/socket
  echo '{"op":"time"}' | wsprobe connect ws://localhost:8080/ --once
  wsprobe connect orders.wsprobe --json --wait forever < /dev/null`,
    closing: `Exit codes: 0 closed by us and answered, or by the server with 1000, 1001 or no
code; 1 any other end, a message not sent, or --once, --max or --until not
reached; 2 bad usage or profile; 3 not
connected; 70 our own fault; 130 at the second Ctrl+C (the first closes).`,
  },
  watch: {
    wants: ' <files|folders|globs|urls…>',
    listedAs: ' <files|urls…>',
    summary: 'again and again: percentiles, alerts',
    about: `Looks at each target at an interval, spread and never twice at once, until
Ctrl+C, --count or --for: a probe each time, or with --held (or "watch":
{ "hold": true } in the profile) a connection that stays. On a terminal a live
view; in a pipe a line where a verdict turns, an alert fires or clears, or
another address, certificate, subprotocol or server answers. When this machine
sleeps or the process is stopped, that is a pause and no outage.

  wsprobe watch wss://example.com/socket --every 10s
  wsprobe watch checks --for 8h --history .wsprobe-history
  wsprobe watch orders.wsprobe --json --count 100 | jq .roundTripMs`,
    closing: `Alerts: failures in a row (watch.alertAfter); more than 5 % abnormal closes,
more than 2 % 1006; a held connection begun anew more than once a minute, or
ten times as often as usual; fewer than 99.9 % of its heartbeats answered; a
numbered message lost; a p95 over its budget; a certificate that ends within
expect.certificateDaysLeft, or 14 days.

Exit codes: 0; 1 an alert fires at the end; 2 bad usage or profile; 3 nothing
ever connected; 70 our own fault; 130 interrupted before --count or --for was
reached (without them Ctrl+C is the usual end).`,
  },
  exporter: {
    wants: ' [files|folders|globs…]',
    listedAs: ' [files…]',
    summary: 'probes for Prometheus to scrape',
    about: `An HTTP server for Prometheus, in its multi-target pattern: each scrape of
/probe is a probe, and nothing is probed by itself.

  /probe?profile=Orders          a profile, by the name it has or its file has
  /probe?target=wss://…          a target that --allow names
  /probe?target=…&profile=…      that target, as the profile says
  /metrics                       what all probes came to
  /-/healthy

  wsprobe exporter checks
  wsprobe exporter orders.wsprobe --allow 'wss://*.example.com'`,
    closing: `--allow looks at the parsed address: the scheme must be equal, *.x is any
subdomain and not x, no port means that of the scheme, :* any; the path is
free, user info is refused. Redirects are held to it too. What is not allowed
gets 403, and nothing is sent. What a profile itself names needs no rule.

Exit codes: 0 ended by Ctrl+C or SIGTERM; 2 bad usage or profile; 70 our own
fault.`,
  },
  mcp: {
    wants: '',
    summary: 'tools for an agent (MCP, over stdio)',
    about: `A server of the Model Context Protocol over standard input and output: an agent
starts it and probes, connects, sends, reads frames, closes, explains close
codes and finds the cure of a handshake. What it reads is brief, holds no
secret, and marks what a server sent as untrusted.

  claude mcp add wsprobe -- npx wsprobe mcp --root .
  { "command": "npx", "args": ["wsprobe", "mcp", "--root", "."] }`,
    closing: `Without --allow this machine alone is reached: localhost, 127.0.0.1, [::1]. The
rules are those of exporter, and hold for profiles, for the proxies that they
name, and for redirects. Arguments of an agent hold no \${secret:…}, \${env:…}
and no file: profiles do. At most 8 sessions are open; one that is not used for
10 minutes is closed.

Exit codes: 0 the agent went away, Ctrl+C or SIGTERM; 2 bad usage; 70 our own
fault.`,
  },
  tap: {
    wants: ' --target <url|file>',
    summary: 'a relay: every frame of other clients',
    about: `Point a client at the address that is printed: what it and the server say
passes through, every byte as it was, and is shown and recorded.

  wsprobe tap --target ws://127.0.0.1:8080
  wsprobe tap -t wss://example.com --tls --record captures
  wsprobe tap -t ws://127.0.0.1:8080 --faults bad-day.jsonc --seed 7`,
    closing: `A fault, one of a list:
{ "when": { "connection", "afterMs", "afterMessages", "match", "every" },
  "direction": "toClient" | "toServer" | "both", "probability": 0.1, "do": … }
"do" is one of "delayMs" (with "jitterMs"), "bytesPerSecond", "drop",
"duplicate", "reorder", "corrupt", "replace", "cut": "fin" | "rst", "halfOpen",
"close": { "code", "reason" }, "refusePong", "stopReading", "refuseUpgrade":
{ "status" }. "afterMessages" is how many of the direction have passed.

Alerts, on standard error as those of watch: more than 5 % abnormal closes, more
than 2 % 1006; clients of one address that each come back more than once a
minute; connections that begin ten times as often as usual; more than half of
the open connections gone within a minute; with --pid a server whose memory
grows by a fifth while its connections stay.

Exit codes: 0 ended by Ctrl+C; 1 a recording could not be written; 2 bad usage,
profile or faults; 3 no client ever reached the server; 70 our own fault.`,
  },
  lab: {
    wants: ' <experiment> <url|file>',
    listedAs: ' <experiment> <url>',
    summary: 'what takes many connections to see',
    about: `Experiments:
  handshake                    repeats a handshake that fails with one thing
                               changed at a time (compression, subprotocol,
                               Origin, each header, address family, proxy, HTTP
                               version, path, scheme) until it passes: at most
                               24 times, a minute in all
${experimentLines()}

  wsprobe lab handshake wss://example.com/socket
  wsprobe lab closes orders.wsprobe --connections 50 --json`,
    closing: `Of handshake the exit code is that of the handshake as it was asked for, cured
or not. Of the others: 0 pass or warn (with --strict warn is 1); 1 fail; 2 bad
usage or profile; 3 no connection opened; 70 our own fault; 130 interrupted,
with what was found by then.`,
  },
  init: {
    wants: ' [url|command line]',
    summary: 'a first profile',
    about: `Writes a profile, <host>.wsprobe in this folder, and says its name: for a URL,
for a curl, wscat or websocat command line (as it is copied from a browser, in
quotes or behind our own options; - reads it from standard input), or without
either for the playground. A file that is there is left alone. Credentials
become \${secret:…}, each named; what a profile cannot say is listed.

  wsprobe init wss://example.com/socket
  wsprobe init -o orders.wsprobe wscat -c wss://example.com -H 'X-Tenant: 7'
  pbpaste | wsprobe init -`,
    closing: `Exit codes: 0; 2 bad usage, a command that cannot be read, or a file that is
there already; 70 our own fault.`,
  },
  attach: {
    wants: ' <http://host:port|ws://…>',
    listedAs: ' <DevTools address>',
    summary: 'the sockets of a browser or of Node',
    about: `Follows the sockets of other programs by their DevTools: a browser started with
--remote-debugging-port=9222, or Node with --inspect. An http:// address follows
every page, worker and process there is or will be, a ws:// address that one.
Shown as connect shows them, with the number and path of each socket; nothing is
sent. Handshakes are recorded as they were sent, credentials hidden. What
DevTools do not tell (pings, fragments, sizes on the wire, close codes) is not
made up.

  wsprobe attach http://127.0.0.1:9222
  wsprobe attach http://127.0.0.1:9229 --hook
  wsprobe attach http://127.0.0.1:9222 --json > app.wsrec`,
    closing: `Exit codes: 0; 1 the recording could not be written; 2 bad usage; 3 no DevTools
there; 70 our own fault.`,
  },
  show: {
    wants: ' <file.wsrec|file.har>',
    listedAs: ' <recording>',
    summary: 'the log of a recording',
    about: `Shows what a recording holds, or the WebSockets of a HAR or of JSON lines
(.jsonl): its messages as connect shows them, how connections began and ended,
and what its dialect calls each message. What an import had to fill in is told
on standard error. Secrets stay hidden.

  wsprobe show session.wsrec
  wsprobe show session.wsrec --filter 'dir:in /error/'
  wsprobe show browser.har --operations`,
    closing: `Exit codes: 0; 2 bad usage, or a file that is no recording; 70 our own fault.`,
  },
  diff: {
    wants: ' <file> [file]',
    summary: 'what changed: reports, recordings',
    about: `Tells what is not as it was between two reports (probe --json), two runs
(run --json), two experiments (lab --json), two watches (watch --json, or a
folder of --history) or two recordings (.wsrec, .har): verdict, headline,
findings, times beyond noise, headers, certificate, address, subprotocol, close,
expectations, steps; of recordings the messages, without what is new each time
they are said. A watch alone is compared with itself: how each target is, and
how it was when it was last healthy. The rules stand below what was found.

  wsprobe diff before.json after.json
  wsprobe diff history
  wsprobe diff yesterday.wsrec today.wsrec --json
  wsprobe diff before.json <(wsprobe probe orders.wsprobe --json)`,
    closing: `Exit codes: 0 nothing changed; 1 something did; 2 bad usage, or a file that is
none of these; 70 our own fault.`,
  },
  replay: {
    wants: ' <file.wsrec|file.har> <url|file>',
    listedAs: ' <recording> <url>',
    summary: 'say a recording again, and compare',
    about: `Sends again what a recording sent, and compares what the server answers with
what was recorded. What the server made and the recording sent back (a session,
a token, an id) is sent as the server makes it now. The rules of what counts as
equal stand below what was found. With --reporter the messages are steps.

  wsprobe replay session.wsrec ws://localhost:8080/
  wsprobe replay browser.har orders.wsprobe --env staging --ignore '$.total'
  wsprobe replay golden.wsrec ws://localhost:8080/ --reporter junit=results.xml
  wsprobe replay tap.wsrec ws://localhost:8080/ --connection all --concurrency 8`,
    closing: `Exit codes: 0 no differences; 1 differences, or it broke off; 2 bad usage, or a
file that is no recording; 3 no connection; 70 our own fault; 130 interrupted.`,
  },
  mock: {
    wants: ' <file.wsrec|file.har|file.wsprobe>',
    listedAs: ' <recording>',
    summary: 'a server that answers as recorded',
    about: `A server that answers as a recording did, or as a profile's steps expect: what
came first, then the answers to what the client says. That is recognised
exactly, then but for identifiers and times, then by its type alone; the ids of
the client stand in the answers. Subprotocol, compression, a refusal and the
close are as they were. What nothing is recorded for is told on standard error,
and with --json.

  wsprobe mock session.wsrec
  wsprobe mock orders.wsprobe --listen 127.0.0.1:8080
  wsprobe mock browser.har --connection 2 --json`,
    closing: `Exit codes: 0 ended by Ctrl+C or SIGTERM; 2 bad usage, a file that is neither
recording nor profile, or a port in use; 70 our own fault.`,
  },
  contract: {
    wants: ' learn|check|export <files…>',
    listedAs: ' <action> <files…>',
    summary: 'types of message, learned and checked',
    about: `Learns from recordings which types of message there are in each direction and
what they hold: members that are always there or not, types, few and short
values, ranges. Then tells the first message that departs.

  wsprobe contract learn monday.wsrec tuesday.wsrec -o orders.contract.json
  wsprobe contract check orders.contract.json today.wsrec
  wsprobe contract export orders.contract.json -o orders.schema.json`,
    closing: `export writes a JSON Schema (draft 2020-12) that "schema" of a match takes.

Exit codes: 0; 1 check found a message that departs; 2 bad usage, or a file that
cannot be read; 70 our own fault.`,
  },
  convert: {
    wants: ' <in> <out>',
    summary: 'files and commands of other tools',
    about: `Writes in one form what stands in another, by the ends of the names:

  .wsprobe, .wsrec, .har, .jsonl       in and out
  .http (JetBrains, httpYac), curl, websocat and wscat command lines
                                       in and out
  .yaml                                a WebSocket monitor, in
  .mjs (node), .js (k6)                a script, out

- is standard input or output. Messages of a recording become steps: what was
sent is sent, what came is expected, an id of the server that came back is
captured. Credentials become \${secret:…} or variables of the environment. What
cannot be carried over is listed, and stands in the file as a comment.

  wsprobe convert requests.http orders.wsprobe
  wsprobe convert session.wsrec orders.wsprobe --messages 'not /heartbeat/'
  wsprobe convert orders.wsprobe load.js && k6 run load.js
  wsprobe convert orders.wsprobe - --to curl`,
    closing: `Exit codes: 0; 2 bad usage, a file that cannot be read, or one that is there
already; 70 our own fault.`,
  },
  explain: {
    wants: ' <close code>',
    summary: 'what a close code means',
    about: `Says what a close code means, what causes it and what to do. Codes from 3000 on
mean different things in different protocols: --dialect names the one spoken.

  wsprobe explain 1006
  wsprobe explain 4401 --dialect graphql-transport-ws`,
  },
  playground: {
    wants: '',
    summary: 'a local server that behaves well and badly',
    about: 'A local server with a path for every behaviour, good and bad; on loopback alone.',
  },
  completion: {
    wants: ` ${SHELL_NAMES.join('|')}`,
    listedAs: ' <shell>',
    summary: 'what Tab completes, for your shell',
    about: `Writes a script for your shell: it completes commands, options, their values,
experiments, reporters, environments (of wsprobe.env.json) and files.

  source <(wsprobe completion bash)                 in ~/.bashrc
  source <(wsprobe completion zsh)                  in ~/.zshrc, after compinit
  wsprobe completion fish | source                  in config.fish
  wsprobe completion powershell | Out-String | Invoke-Expression     in $PROFILE

wsprobe completion environments lists the environments that it offers.`,
  },
};

/** What help says of a command beside its options. */
export function commandText(command: CommandName): CommandText {
  return COMMANDS[command];
}

/** The help of a command; the general help for none. */
export function helpText(command?: CommandName): string {
  if (command === undefined) return generalHelp();
  const { wants, about, closing } = COMMANDS[command];
  const groups = Object.entries<OptionTable>(COMMAND_OPTIONS[command]).map(([title, options]) =>
    [...(title === '' ? [] : [`${title}:`]), ...Object.entries(options).map(optionLines)].join('\n'),
  );
  const parts = [
    `wsprobe ${command}${wants}${groups.length === 0 ? '' : ' [options]'}`,
    about,
    ...groups,
    ...(closing === undefined ? [] : [closing]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function generalHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { wants, listedAs, summary }]) => {
    return `  ${`wsprobe ${name}${listedAs ?? wants}`.padEnd(34)}${summary}`;
  });
  return `wsprobe: why does a WebSocket not connect, and what is it saying?

${rows.join('\n')}
  wsprobe help <command>            options of a command
  wsprobe --version

${EXIT_CODES}
`;
}

function optionLines([name, { short, value, help }]: readonly [name: string, option: CliOption]): string {
  const head = `  ${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` ${value}`}`;
  const lines = help === '' ? [] : help.split('\n').map((line) => ' '.repeat(HELP_COLUMN) + line);
  const fits = head.length < HELP_COLUMN;
  return (fits ? [head.padEnd(HELP_COLUMN) + (lines[0] ?? '').trimStart(), ...lines.slice(1)] : [head, ...lines])
    .map((line) => line.trimEnd())
    .join('\n');
}
