// @ts-check
// Mocha's spec reporter, and the course of the run in the file that WSPROBE_RESULTS names: a JSON line for each test and hook
// that begins and for each test that ends, so that a run that is cut off has still told how far it came.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

const {
  EVENT_HOOK_BEGIN,
  EVENT_RUN_END,
  EVENT_TEST_BEGIN,
  EVENT_TEST_FAIL,
  EVENT_TEST_PASS,
  EVENT_TEST_PENDING,
  EVENT_TEST_RETRY,
} = Mocha.Runner.constants;

export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * With the reporter option `endsWithinMs`, a process that something still holds that long after the run fails and ends.
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @param {import('./results.mjs').Result['state']} state */
    const record = (state) => (/** @type {Mocha.Runnable} */ test, /** @type {Error | undefined} */ error) =>
      note({ title: test.titlePath(), state, ms: test.duration ?? 0, error: error?.stack ?? null });
    runner.on(EVENT_TEST_BEGIN, record('running'));
    runner.on(EVENT_HOOK_BEGIN, record('running'));
    runner.on(EVENT_TEST_PASS, record('passed'));
    runner.on(EVENT_TEST_FAIL, record('failed'));
    runner.on(EVENT_TEST_PENDING, record('skipped'));
    runner.on(EVENT_TEST_RETRY, record('again'));
    const endsWithinMs = Number(options.reporterOptions?.endsWithinMs);
    if (endsWithinMs > 0) runner.once(EVENT_RUN_END, () => setTimeout(endNow, endsWithinMs).unref());
  }
}

/** Only what holds the process lets this be called: a socket, a server, a child, a timer that nobody has closed. */
function endNow() {
  const held = process.getActiveResourcesInfo().join(', ');
  const error = `The tests are over, but this keeps their process from ending: ${held}`;
  process.stdout.write(`${error}\n`);
  note({ title: ['the process ends after its tests'], state: 'failed', ms: 0, error });
  process.exit(1);
}

/** @param {{ title: readonly string[], state: string, ms: number, error: string | null }} line */
function note(line) {
  const file = process.env['WSPROBE_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}
