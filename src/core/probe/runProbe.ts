import { hostname } from 'node:os';
import type { Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { probeConversation } from './conversation.js';
import { openParty, schemasOf } from './party.js';
import { reportHeld } from './reportHeld.js';
import type { ProbeOptions } from './probeOptions.js';

export type { ProbeOptions };

/**
 * One probe: connects, checks, measures, talks, closes, and tells all of it in a report. A failed connection is a report, never
 * a rejection. Every phase has a deadline; aborting `signal` ends the probe at once and leaves no socket behind.
 * Redirects are followed where the plan says so, the report is that of the last connection.
 */
export async function runProbe(plan: ProbePlan, options: ProbeOptions = {}): Promise<Report> {
  const vantage = { host: options.host ?? thisHost(), remote: options.remote ?? null };
  if ((plan.steps?.length ?? 0) > 0) return probeConversation(plan, options, vantage);
  const { run, script } = await openParty(plan, {
    probe: options,
    vantage,
    schemas: await schemasOf(plan, options.signal),
  });
  await script.finish();
  return script.isOpen ? reportHeld(run, script) : run.report(script.told);
}

let name: string | null = null;

/** Asked of the system once: it does not change, and a probe counts microseconds. */
function thisHost(): string {
  name ??= hostname();
  return name;
}
