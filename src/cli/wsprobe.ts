#!/usr/bin/env node
import { version } from '../../package.json';

/** A process that something keeps alive after its answer is a fault of ours, but not one that may hang a pipeline. */
const LINGER_MS = 2000;

async function main(argv: readonly string[]): Promise<void> {
  const [first] = argv;
  if (argv.length === 1 && (first === '--version' || first === '-V' || first === 'version')) {
    answer(`${version}\n`);
    return;
  }
  if (argv.length === 0 || (argv.length === 1 && (first === '--help' || first === '-h' || first === 'help'))) {
    const { helpText } = await import('./help.js');
    answer(helpText());
    return;
  }
  const { processIo, runCli } = await import('./main.js');
  process.exitCode = await runCli(argv, processIo(version));
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Without the rest of the command line, which is loaded where the answer cannot be written. */
function answer(text: string): void {
  process.stdout.on('error', (error) => void import('./io.js').then(({ cannotWrite }) => cannotWrite(error)));
  process.stdout.write(text);
}

await main(process.argv.slice(2));
