import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs inside VS Code's extension host: mocha over the test files that `load` evaluates, counted into WSPROBE_RESULTS.
 * Rejects when a test fails, which is how the host reports failure.
 */
export async function runMocha(load: () => void): Promise<void> {
  // Mocha is an ES module and this file is bundled as CommonJS.
  const { default: Mocha } = await import('mocha');
  // The bundle lies in out/test/.
  const reporterFile = join(__dirname, '../../scripts/countingReporter.mjs');
  const { default: reporter } = (await import(pathToFileURL(reporterFile).href)) as {
    default: Mocha.ReporterConstructor;
  };
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 180_000,
    forbidOnly: true,
    retries: 1,
    reporter,
    color: false,
    ...chosen(),
  });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  const failures = await new Promise<number>((done) => mocha.run(done));
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** WSPROBE_GREP runs those tests alone whose titles match it. */
function chosen(): { readonly grep?: string } {
  const grep = process.env['WSPROBE_GREP'];
  return grep === undefined || grep === '' ? {} : { grep };
}
