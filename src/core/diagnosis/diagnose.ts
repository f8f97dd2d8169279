import type { Finding, Severity } from '../base/model.js';
import type { Evidence, Rule } from '../base/evidence.js';
import { ALL_FINDING_IDS } from './findingIds.js';
import { withJourney } from './journey.js';
import { legibleRefusal } from './legibleRefusal.js';
import { CARE_RULES, RULES } from './rules.js';
import { malformed } from './rules/noAnswer.js';
import { forItsSoftware, usefulFixes } from './usefulFixes.js';

export { isRefusedByApplication } from './applicationRefusal.js';
export { ALL_FINDING_IDS, type FindingId } from './findingIds.js';

const severities: readonly Severity[] = ['error', 'warning', 'info'];
const rank = new Map<string, number>(ALL_FINDING_IDS.map((id, index) => [id, index]));

/**
 * Findings of one probe, the headline first: errors before warnings, and of one severity the earliest cause first.
 * Pure and total: any evidence gives an answer. Texts hold no control or bidirectional characters.
 */
export function diagnose(evidence: Evidence): Finding[] {
  const refusal = legibleRefusal(evidence);
  const found = refusal ? foundInBroken(refusal, evidence) : foundBy(evidence.failure ? RULES : CARE_RULES, evidence);
  if (found.length === 0) return [];
  const [headline, ...rest] = orderFindings(merge(found));
  if (!headline) return [];
  const asked = { ...evidence.plan, url: evidence.report.redirects?.[0]?.url ?? evidence.plan.url };
  return [withJourney(headline, evidence), ...rest].map((one) => ({
    ...one,
    fixes: forItsSoftware(usefulFixes(one.fixes, asked), (refusal ?? evidence).report.response),
  }));
}

const foundBy = (rules: readonly Rule[], evidence: Evidence) => rules.flatMap((rule) => rule.diagnose(evidence) ?? []);

/** What was refused, and beside it that the answer is broken. */
function foundInBroken(refusal: Evidence, evidence: Evidence): Finding[] {
  const broken = foundBy([malformed], evidence).map((one) => ({ ...one, severity: 'warning' as const }));
  return [...foundBy(RULES, refusal), ...broken];
}

/** Findings in the order of a report, the headline first. */
export function orderFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) || (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0),
  );
}

/** One finding an id, but budgets, of which each phase has its own: what the others add is kept. */
function merge(found: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const item of found) {
    const key = item.id === 'budget.exceeded' ? `${item.id} ${item.title}` : item.id;
    const first = byKey.get(key);
    byKey.set(key, first ? { ...first, evidence: [...new Set([...first.evidence, ...item.evidence])] } : item);
  }
  return [...byKey.values()];
}
