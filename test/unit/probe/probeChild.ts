import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';

const [url = '', upgradeMs = ''] = process.argv.slice(2);
const plan = planFor(url, {
  timeouts: { upgradeMs: Number(upgradeMs) },
  expect: { budgets: { upgrade: { degradedMs: 1_000, downMs: null } } },
});

void runProbe(plan).then((report) => process.send?.(report));
