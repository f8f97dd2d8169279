// Mocha's spec reporter, and the counts of the run as JSON in the file that WSPROBE_RESULTS names.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

const { EVENT_RUN_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const tests = [];
    const record = (state) => (test, error) =>
      tests.push({ title: test.titlePath(), state, ms: test.duration ?? 0, error: error?.stack ?? null });
    runner.on(EVENT_TEST_PASS, record('passed'));
    runner.on(EVENT_TEST_FAIL, record('failed'));
    runner.on(EVENT_TEST_PENDING, record('skipped'));
    runner.once(EVENT_RUN_END, () => {
      const file = process.env['WSPROBE_RESULTS'];
      if (file !== undefined) writeFileSync(file, JSON.stringify({ tests }));
    });
  }
}
