import { plainText } from '../../core/base/plainText.js';
import { Exporter } from '../../core/watch/exporter/exporter.js';
import { aborted } from '../../core/base/stoppable.js';
import { planOf, profilesOf } from '../exporter/profiles.js';
import { allowRule } from '../allowRule.js';
import { checkConnection } from '../effects.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { listening, openWarning, parseListen } from '../listenAddress.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { checkOptions } from '../target.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.exporter);

const DEFAULT_LISTEN = '127.0.0.1:9115';

export async function exporterCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  const listen = parseListen('--listen', values.listen ?? DEFAULT_LISTEN);
  const allow = (values.allow ?? []).map(allowRule);
  const maxProbes = parseInteger('--concurrency', values.concurrency ?? '32', 1, 1_000);
  checkOptions(values, io.cwd);
  if (positionals.length === 0 && allow.length === 0)
    throw usageError(
      'exporter wants profiles, or targets that may be asked for',
      "wsprobe exporter --allow 'wss://*.example.com'",
    );
  const profiles = await profilesOf(positionals, values, values['no-color'] === true, io);
  if (profiles === null) return EXIT.usage;
  // What a scrape may name is not known yet.
  if (allow.length === 0)
    checkConnection(
      values,
      [...profiles.values()].map(({ plan }) => plan),
      'probe',
    );

  const exporter = new Exporter({
    ...listen,
    allow,
    maxProbes,
    planOf: (question) => planOf(question, profiles, values, io),
    vantage: { host: io.host, remote: null },
    onFault: (error) => tellFault(error, io),
  });
  const interrupt = onInterrupt(io);
  try {
    const address = await listening(() => exporter.start(), listen);
    io.stdout.write(`${address}\n`);
    const warning = openWarning(address, whoProbes(allow.length));
    if (warning !== null) io.stderr.write(`wsprobe: ${warning}\n`);
    await aborted(interrupt.signal);
    await exporter.stop();
  } finally {
    interrupt.end();
  }
  return EXIT.ok;
}

function whoProbes(rules: number): string {
  const what = rules === 0 ? 'the profiles given' : 'the profiles given and every target that --allow names';
  return `can probe ${what} from this machine, with the credentials that they hold. Only a firewall or a proxy keeps others out.`;
}

function tellFault(error: unknown, io: Io): void {
  const message = error instanceof Error ? error.message : String(error);
  io.stderr.write(`wsprobe: our own fault: ${plainText(message, 2_000)}\n`);
}
