import { parseArgs } from 'node:util';
import { bareClient } from './bareClient.js';
import { ourClient } from './ourClient.js';
import { runSuite } from './runSuite.js';
import { describeCase, describeSummary, hasFailed } from './summary.js';

const HELP = `Runs a client through the cases of a running Autobahn|Testsuite fuzzing server.

  npm run autobahn -- <url> [options]

  <url>             of the fuzzing server: ws://127.0.0.1:9001
  --agent <name>    the client's name in the server's reports (wsprobe, with --bare ws)
  --cases <list>    cases to run, by id, parted by commas: 1.*,9.3.1 (all)
  --bare            plain ws instead of a session, for comparison
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
  report: { type: 'string' },
  deadline: { type: 'string', default: '120' },
  help: { type: 'boolean' },
} as const;

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
  if (positionals.length !== 1 || !/^wss?:\/\//.test(url ?? '') || !(seconds > 0 && seconds <= 3_600)) {
    process.stderr.write(HELP);
    return 2;
  }
  const client = values.bare ? bareClient : ourClient;
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const results = await runSuite({
    url: url ?? '',
    agent: values.agent ?? client.name,
    cases: (values.cases ?? '').split(',').filter((pattern) => pattern !== ''),
    client,
    deadlineMs: seconds * 1_000,
    signal: abort.signal,
    report: values.report,
    onCase: (result) => process.stdout.write(`${describeCase(result)}\n`),
  });
  process.stdout.write(`\n${describeSummary(results)}\n`);
  if (abort.signal.aborted) return 130;
  if (results.length === 0) throw new Error('No case matches.');
  return results.some(hasFailed) ? 1 : 0;
}
