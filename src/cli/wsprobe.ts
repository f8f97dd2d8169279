#!/usr/bin/env node
import { version } from '../../package.json';

/** A process that something keeps alive after its answer is a fault of ours, but not one that may hang a pipeline. */
const LINGER_MS = 2000;

async function main(argv: readonly string[]): Promise<void> {
  const [first] = argv;
  process.stdout.on('error', () => {});
  if (argv.length === 1 && (first === '--version' || first === '-V' || first === 'version')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  if (argv.length === 0 || (argv.length === 1 && (first === '--help' || first === '-h' || first === 'help'))) {
    const { helpText } = await import('./help.js');
    process.stdout.write(helpText());
    return;
  }
  const { processIo, runCli } = await import('./main.js');
  process.exitCode = await runCli(argv, processIo(version));
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

await main(process.argv.slice(2));
