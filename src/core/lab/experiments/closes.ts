import { percentile } from '../../base/percentiles.js';
import type { CloseInfo, Finding, Report } from '../../base/model.js';
import { explainDialectClose } from '../../dialects/explainDialectClose.js';
import { extended, finding } from '../../diagnosis/finding.js';
import { type Bench, inParallel } from '../bench.js';
import type { ExperimentResult } from '../result.js';
import { distribution, shareAgainst, wilson } from '../measure/shares.js';

const AT_A_TIME = 4;
/** What a monitor alerts on: ends that are nobody's intention, and those without a Close frame. */
const ABNORMAL = new Set([1002, 1006, 1007, 1011, 1012, 1013, 1014]);
const ABNORMAL_LIMIT = 0.05;
const LOST_LIMIT = 0.02;
const WELL = new Set([1000, 1001, 1005]);
const MAX_FINDINGS = 10;

/** The profile probed N times: how its connections ended, and whether what is abnormal is more than chance. */
export async function closes(bench: Bench): Promise<ExperimentResult> {
  const { connections } = bench.settings;
  const reports: Report[] = [];
  bench.note('probing');
  const numbered = Array.from({ length: connections }, (_, index) => index);
  await inParallel(
    numbered,
    AT_A_TIME,
    () => !bench.signal.aborted,
    async () => {
      const report = await bench.probe();
      if (report) reports.push(report);
      bench.note(`${reports.length} of ${connections} probes`);
    },
  );
  return judge(reports);
}

function judge(reports: readonly Report[]): ExperimentResult {
  const ends = reports.flatMap(({ close }) => (close ? [close] : []));
  const total = ends.length;
  const abnormal = ends.filter(({ code }) => ABNORMAL.has(code)).length;
  const lost = ends.filter(({ code }) => code === 1006).length;
  const refused = ends.filter(
    ({ code, initiator }) => initiator === 'server' && !WELL.has(code) && !ABNORMAL.has(code),
  );
  const codes = distribution(ends.map(({ code }) => code));
  const { low, high } = wilson(abnormal, total);
  const above =
    shareAgainst(abnormal, total, ABNORMAL_LIMIT) === 'above' || shareAgainst(lost, total, LOST_LIMIT) === 'above';
  const odd = abnormal + refused.length;
  const heldMs = reports.flatMap(({ close, durationMs }) => (close ? [durationMs] : [])).sort((a, b) => a - b);
  return {
    verdict: above || (total > 0 && odd === total) ? 'fail' : odd > 0 || total < reports.length ? 'warn' : 'pass',
    conclusion: conclusionOf(ends, codes, { abnormal, above, refused: refused.length, failed: reports.length - total }),
    numbers: {
      probes: reports.length,
      abnormal,
      abnormalPercent: total === 0 ? null : (abnormal / total) * 100,
      abnormalLowPercent: low * 100,
      abnormalHighPercent: high * 100,
      refused: refused.length,
      probeP50Ms: heldMs.length === 0 ? null : percentile(heldMs, 50),
      ...Object.fromEntries(codes.map(([code, count]) => [`closes${code}`, count])),
    },
    findings: [...(odd > 0 ? [abnormalCloses(ends, odd)] : []), ...foundIn(reports)],
  };
}

interface Counts {
  readonly abnormal: number;
  readonly above: boolean;
  readonly refused: number;
  readonly failed: number;
}

function conclusionOf(
  ends: readonly CloseInfo[],
  codes: readonly (readonly [number, number])[],
  { above, abnormal, failed, refused }: Counts,
): string {
  const listed = codes.map(([code, count]) => `${count} with ${code}`).join(', ');
  const opened = `${ends.length} connections ended: ${listed}`;
  const lost = failed > 0 ? `; ${failed} more did not open` : '';
  if (abnormal === 0 && refused === 0) return `${opened}${lost}.`;
  const doubt = above ? ', more than a healthy server has' : '; too few to tell from chance';
  const bad = [
    abnormal > 0 ? `${abnormal} abnormally${doubt}` : [],
    refused > 0 ? `${refused} refused by a Close` : [],
  ];
  return `${opened}${lost}: ${bad.flat().join(', ')}.`;
}

function abnormalCloses(ends: readonly CloseInfo[], odd: number): Finding {
  const { low, high } = wilson(odd, ends.length);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const kinds = distribution(
    ends
      .filter(({ code, initiator }) => ABNORMAL.has(code) || (initiator === 'server' && !WELL.has(code)))
      .map(({ code, evidence, reason }) => `${code}${reason === '' ? '' : ` "${reason}"`}: ${evidence}`),
  );
  const [first] = ends.filter(({ code }) => !WELL.has(code));
  return finding('lab.abnormal-closes', {
    title: `${odd} of ${ends.length} connections ended abnormally or were refused by a Close`,
    explanation: `By this sample the true share lies between ${percent(low)} and ${percent(high)} (95 %). Monitors alert above 5 % of abnormal ends, or 2 % of ends without a Close frame. ${first ? explainDialectClose(first.code, { reason: first.reason }).meaning : ''}`,
    evidence: kinds.slice(0, 10).map(([kind, count]) => `${count} times ${kind}`),
  });
}

/** What the probes found, each once, with how often; the most frequent first. */
function foundIn(reports: readonly Report[]): readonly Finding[] {
  const byId = new Map<string, Finding>();
  const all = reports.flatMap(({ findings }) => findings);
  for (const one of all) if (!byId.has(one.id)) byId.set(one.id, one);
  return distribution(all.map(({ id }) => id))
    .slice(0, MAX_FINDINGS)
    .flatMap(([id, count]) => {
      const one = byId.get(id);
      return one ? [extended(one, [`In ${count} of ${reports.length} probes`], [])] : [];
    });
}
