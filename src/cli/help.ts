/** Plain text, loaded by itself: help must not wait for the rest of the program. */
const COMMON = `Connection (for URLs, and over what a profile says):
  -H, --header 'Name: value'   repeatable
      --subprotocol <token>    repeatable, or comma-separated
      --origin <origin>
      --bearer <token>         Authorization: Bearer …
      --basic <user:password>  Authorization: Basic …
      --cookie <name=value>    repeatable
      --ca <file>              trust this authority; repeatable
      --cert <file> --key <file>
  -k, --insecure               do not check the certificate
      --proxy none|auto
      --http 1.1
      --no-compression
      --timeout <time>         limit of each phase: 500, 500ms, 5s
      --allow-link-local       permit link-local and cloud metadata addresses

Checks:
      --send <text>            send a message and measure the reply
      --expect echo|any|<text> the reply wanted (default any)
      --samples <n>            how many round trips
      --hold <time>            must stay open this long (default 250 ms)
      --strict                 degraded counts as failed

Variables:
      --env <name>             environment of the profile
      --var <name=value>       fills \${name}; repeatable
      --secret <name=value>    fills \${secret:name}; or set WSPROBE_SECRET_NAME

Output:
      --json                   exactly one JSON document on standard output
  -v, --verbose                heads, certificates, frames, every fix
      --no-color               also NO_COLOR; FORCE_COLOR colours a pipe`;

const EXIT_CODES = `Exit codes: 0 healthy or degraded; 1 connected, then failed (or degraded with
--strict); 2 bad usage or profile; 3 no connection; 70 our own fault;
130 interrupted.`;

const GENERAL = `wsprobe: why does a WebSocket not connect, and what is it saying?

  wsprobe probe <url|file>          one probe, explained
  wsprobe run <files|folders…>      every profile (*.wsprobe), for CI
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
  playground: `wsprobe playground [options]

A local server with a path for every behaviour, good and bad; on loopback alone.

      --port <n>               of http and ws (default 4480); 0 takes free ports
      --host <address>         127.0.0.1 or ::1
      --ca-file <file>         write the authority of its certificates there
      --json                   the addresses as one JSON line
`,
};

/** The help of a command; the general help for none; null for a command that does not exist. */
export function helpText(command?: string): string | null {
  return command === undefined ? GENERAL : (COMMANDS[command] ?? null);
}
