/** Plain text, loaded by itself: help must not wait for the rest of the program. */
const TARGET = `Connection (for URLs, and over what a profile says):
  -H, --header 'Name: value'   repeatable
      --subprotocol <token>    repeatable, or comma-separated
      --origin <origin>
      --bearer <token>         Authorization: Bearer …
      --basic <user:password>  Authorization: Basic …
      --cookie <name=value>    repeatable
      --ca <file>              trust this authority; repeatable
      --cert <file> --key <file>
                               client certificate (PEM)
      --pfx <file>             the same as PKCS #12
      --passphrase <text>      opens --key or --pfx; '\${secret:name}' works too
      --server-name <host>     asked for in TLS and expected in the certificate
      --min-tls <1.0|…|1.3>    oldest TLS version to accept
  -k, --insecure               do not check the certificate
      --proxy <url|auto|none>  http:, https:, socks4:, socks4a: or socks5:; auto
                               (default) follows HTTPS_PROXY and the like
      --http <1.1|2|auto>      2 insists on HTTP/2, auto takes it where offered
      --no-compression         do not offer permessage-deflate
      --follow-redirects       ten at most, credentials left behind
      --timeout <time>         limit of each phase: 500, 500ms, 5s
      --allow-link-local       permit link-local and cloud metadata addresses`;

const CHECKS = `Checks:
      --send <text>            send a message and measure the reply
      --expect echo|any|<text> the reply wanted (default any)
      --samples <n>            how many round trips
      --hold <time>            must stay open this long (default 250 ms)
      --strict                 degraded counts as failed`;

const VARIABLES = `Variables:
      --env <name>             environment of the profile
      --var <name=value>       fills \${name}; repeatable
      --secret <name=value>    fills \${secret:name}; or set WSPROBE_SECRET_NAME`;

const COLOUR = `      --no-color               also NO_COLOR; FORCE_COLOR colours a pipe`;

const COMMON = `${TARGET}

${CHECKS}

${VARIABLES}

Output:
      --json                   exactly one JSON document on standard output
  -v, --verbose                heads, certificates, frames, every fix
${COLOUR}`;

const EXIT_CODES = `Exit codes: 0 healthy or degraded; 1 connected, then failed (or degraded with
--strict); 2 bad usage or profile; 3 no connection; 70 our own fault;
130 interrupted.`;

const GENERAL = `wsprobe: why does a WebSocket not connect, and what is it saying?

  wsprobe probe <url|file>          one probe, explained
  wsprobe run <files|folders…>      every profile (*.wsprobe), for CI
  wsprobe connect <url|file>        talk: a prompt, or a pipe
  wsprobe lab handshake <url|file>  which single change cures a failure
  wsprobe explain <close code>      what a close code means
  wsprobe playground                a local server that behaves well and badly
  wsprobe help <command>            options of a command
  wsprobe --version

${EXIT_CODES}
`;

const COMMANDS: Readonly<Record<string, string>> = {
  probe: `wsprobe probe <url|file> [options]

Connects, checks, measures and closes; says whether it is well and, if not, why
and what to change.

  wsprobe probe wss://example.com/socket
  wsprobe probe ws://localhost:8080/ --send hello --expect echo
  wsprobe probe orders.wsprobe --env local --json

${COMMON}

${EXIT_CODES}
`,
  connect: `wsprobe connect <url|file> [options]

Talks. On a terminal: a prompt with history, what comes is printed above it,
/help lists the commands. From a pipe: every line is sent as one text message.
Standard output is a transcript on a terminal, the received messages alone in a
pipe (binary ones as hex), or JSON lines.

  wsprobe connect wss://example.com/socket
  echo '{"op":"time"}' | wsprobe connect ws://localhost:8080/ --once
  wsprobe connect orders.wsprobe --json --wait forever < /dev/null

Talking:
      --ping-interval <s>      ping every so many seconds; drop a dead peer
      --reconnect              when dropped, with growing delays, 10 times
      --no-pong                leave the peer's pings unanswered
      --once                   close after the first message; none is a failure
      --max <n>                close after n received messages

From a pipe:
      --binary                 lines are binary messages
      --null                   NUL parts messages, in and out, not a line break
      --wait <time>|forever    read on after the last line (default 500 ms; with
                               --once or --max the profile's limit for a reply)

Output:
      --timestamps since|delta|absolute
                               ms since open (default), since the line before,
                               or by the clock
      --no-control             no pings, pongs and Close frames
      --pretty                 JSON messages on several lines
      --labels                 what each message is in its dialect (on a
                               terminal or with --json)
      --dialect <name>         instead of recognising it: auto, none or a name
      --record <file>          record to a .wsrec file
      --json                   a JSON object a line for each frame and event
  -v, --verbose                all there is to say about a failure, and how
                               long replies took
${COLOUR}

${TARGET}

${VARIABLES}

Exit codes: 0 closed by us and answered, or by the server with 1000, 1001 or no
code; 1 any other end, or no reply with --once; 2 bad usage or profile; 3 not
connected; 70 our own fault; 130 at the second Ctrl+C (the first closes).
`,
  run: `wsprobe run <files|folders…> [options]

Probes every profile named, and every *.wsprobe below a folder.

      --concurrency <n>        at a time (default 4)
      --repeat <n>             each profile so often
      --bail                   start no more after the first failure
      --reporter text|json
  -o, --output <file>          write the results there

${COMMON}

The exit code is that of the worst profile: 2 before 3 before 1.

${EXIT_CODES}
`,
  explain: `wsprobe explain <close code> [--dialect <name>] [--json]

Says what a close code means, what causes it and what to do. Codes from 3000 on
mean different things in different protocols: --dialect names the one spoken.

  wsprobe explain 1006
  wsprobe explain 4401 --dialect graphql-transport-ws
`,
  lab: `wsprobe lab <experiment> <url|file> [options]

Experiments:
  handshake                    repeats a handshake that fails with one thing
                               changed at a time (compression, subprotocol,
                               Origin, each header, address family, proxy, HTTP
                               version, path, scheme) until it passes: at most
                               24 times, a minute in all

  wsprobe lab handshake wss://example.com/socket
  wsprobe lab handshake orders.wsprobe --json

${COMMON}

The exit code is that of the handshake as it was asked for, cured or not.

${EXIT_CODES}
`,
  playground: `wsprobe playground [options]

A local server with a path for every behaviour, good and bad; on loopback alone.

      --port <n>               of http and ws (default 4480); 0 takes free ports
      --host <address>         127.0.0.1 or ::1
      --ca-file <file>         write the authority of its certificates there
      --client-file <file>     write a client certificate with its key there
      --json                   the addresses as one JSON line
`,
};

/** The help of a command; the general help for none; null for a command that does not exist. */
export function helpText(command?: string): string | null {
  return command === undefined ? GENERAL : (COMMANDS[command] ?? null);
}
