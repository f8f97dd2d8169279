import { parseArgs } from 'node:util';
import { bareClient } from './bareClient.js';
import { startFuzzingServer } from './fuzzingServer.js';
import { clientOver } from './ourClient.js';
import { runSuite } from './runSuite.js';
import { describeCase, describeSummary, hasFailed } from './summary.js';
import { openWay, type Way, WAYS } from './ways.js';

const HELP = `Runs a client through the cases of an Autobahn|Testsuite fuzzing server.

  npm run autobahn -- [url] [options]

  <url>             of a running fuzzing server: ws://127.0.0.1:9001 (one of our own, with the same cases)
  --agent <name>    the client's name in the server's reports (wsprobe, with --bare ws)
  --cases <list>    cases to run, by id, parted by commas: 1.*,9.3.1 (all)
  --bare            plain ws instead of a session, for comparison
  --way <ways>      what lies between, parted by commas: ${WAYS.join(', ')} (direct)
  --report <where>  the index.json of the server's report, a path or an http: address: it alone tells how cases closed
  --deadline <s>    seconds of silence that end a case (120)
  --help

Every message is sent back with its own type. Beside each case the wire decoder is held against what ws delivered, and
against the bytes of the socket. Exit code: 0 when no case failed, 1 when one did, 2 for bad usage or no server, 130 when
interrupted.
`;

const options = {
  agent: { type: 'string' },
  cases: { type: 'string' },
  bare: { type: 'boolean' },
  way: { type: 'string', default: 'direct' },
  report: { type: 'string' },
  deadline: { type: 'string', default: '120' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [url] = positionals;
  const seconds = Number(values.deadline);
  const ways = values.way.split(',');
  const isDirect = ways.every((way) => way === 'direct');
  const isAddress =
    url === undefined || (isDirect ? /^wss?:\/\// : /^ws:\/\/(127\.0\.0\.1|localhost):\d+\/?$/).test(url);
  if (positionals.length > 1 || !isAddress || !ways.every(isWay) || !(seconds > 0 && seconds <= 3_600)) {
    process.stderr.write(HELP);
    return 2;
  }
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const own = url === undefined ? await startFuzzingServer() : null;
  let code = 0;
  try {
    for (const way of ways) {
      if (!isDirect) process.stdout.write(`\n${way}\n`);
      code = Math.max(code, await runWay(way, url ?? own!.url, values, abort.signal));
      if (abort.signal.aborted) return 130;
    }
  } finally {
    await own?.stop();
  }
  return code;
}

async function runWay(way: Way, url: string, values: Values, signal: AbortSignal): Promise<number> {
  const opened = await openWay(way, url);
  const client = values.bare ? bareClient : clientOver(opened.http);
  try {
    const results = await runSuite({
      url: opened.url,
      agent: `${values.agent ?? client.name}${way === 'direct' ? '' : ` ${way}`}`,
      cases: (values.cases ?? '').split(',').filter((pattern) => pattern !== ''),
      client,
      deadlineMs: Number(values.deadline) * 1_000,
      signal,
      report: values.report,
      onCase: (result) => process.stdout.write(`${describeCase(result)}\n`),
    });
    process.stdout.write(`\n${describeSummary(results)}\n`);
    if (signal.aborted) return 130;
    if (results.length === 0) throw new Error('No case matches.');
    const wrong = await opened.disagreements();
    for (const line of wrong) process.stdout.write(`${line}\n`);
    return wrong.length > 0 || results.some(hasFailed) ? 1 : 0;
  } finally {
    await opened.close();
  }
}

function isWay(text: string): text is Way {
  return (WAYS as readonly string[]).includes(text);
}
