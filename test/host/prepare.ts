import { installServerBuild } from './install.js';
import { chooseVscode } from './runSuite.js';

/** Has the VS Code that the suites run in on this machine: large to download, and no part of any suite's time. */
async function prepare(): Promise<void> {
  const kind = await chooseVscode();
  process.stdout.write(`VS Code: ${kind === 'electron' ? 'desktop' : 'server build'}\n`);
  // The inspector's suite drives a browser, so it runs in the server build wherever that exists.
  if (kind === 'server' || process.platform !== 'win32') {
    await installServerBuild((line) => process.stdout.write(`${line}\n`));
  }
}

prepare().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
