import type { Differential, Finding, ResponseInfo, Variation } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import type { ProbePlan } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';
import { cureOf } from './cures.js';
import { finding } from './finding.js';
import { profileFix } from './snippets/profile.js';
import { onServer, textFix } from './snippets/shell.js';

/** What failed, and so what a cure makes work: the opening handshake, or what came after it. */
type Stage = 'handshake' | 'hold';

const WORKS = {
  handshake: { it: 'the handshake', does: 'passes', make: 'pass' },
  hold: { it: 'the connection', does: 'holds', make: 'hold' },
} as const;

/**
 * What a differential handshake found out, as the headline of the report it belongs to: `differential.cured` (with
 * `compression.incompatible` where that was it) or `differential.not-cured`; nothing when nothing was tried. Pure; no secret of the plan is told.
 */
export function differentialFindings(
  differential: Differential,
  plan: ProbePlan,
  stage: Stage = 'handshake',
  answered: Pick<ResponseInfo, 'status' | 'reason'> | null = null,
): readonly Finding[] {
  const { cure, stopped, variations } = differential;
  if (cure === null && variations.length === 0) return [];
  const redactor = new Redactor(plan.secrets);
  const lines = [
    ...variations.map((variation) => redactor.text(describe(variation))),
    stopped !== null && redactor.text(`Stopped early: ${stopped}`),
  ];
  if (cure === null) return [...upgradeOnly(differential, answered, lines), notCured(differential, lines, stage)];
  const found = cureOf(cure);
  const { it, does } = WORKS[stage];
  const change = variations.find(({ id }) => id === cure)?.change ?? cure;
  const origin = plan.origin === null ? null : redactor.text(plan.origin);
  const cured = finding('differential.cured', {
    layer: found.layer,
    title: `One change cures it: ${it} ${does} ${found.passes}`,
    explanation: `${found.why} What the change does not name was left as it is in the profile.`,
    evidence: [`The change: ${quoteText(redactor.text(change), 200)}`, ...lines],
    fixes: found.fixes({ ...plan, url: redactor.url(plan.url), origin }),
  });
  return cure === 'no-compression' ? [cured, incompatible(lines, stage)] : [cured];
}

/** The upgrade got no answer, or one that says "down", and a plain GET of the same path gets another. */
function upgradeOnly(
  { variations }: Differential,
  answered: Pick<ResponseInfo, 'status' | 'reason'> | null,
  lines: Lines,
): readonly Finding[] {
  const plain = variations.find(({ id }) => id === 'plain-get');
  const status = Number(/^(\d{3})\b/.exec(plain?.outcome ?? '')?.[1] ?? Number.NaN);
  if (!plain || !(status >= 200 && status < 500) || (answered !== null && answered.status < 500)) return [];
  const words = answered ? `${answered.status} ${quoteText(answered.reason, 60)}`.trim() : 'no answer';
  return [
    finding('differential.upgrade-only', {
      title: `The server is up, and the upgrade alone fails: a plain GET of the same path is answered ${quoteText(plain.outcome, 80)}, the upgrade ${answered ? words : 'not at all'}`,
      explanation: `The same request without Upgrade, Connection and Sec-WebSocket-* reaches something that answers. So neither the server nor the way to it is down: a proxy cannot carry the upgrade on, or the handler for upgrades behind it fails.`,
      evidence: [`With the upgrade: ${words}`, ...lines],
      fixes: [
        textFix(
          'Where to look',
          'On the proxy: does it pass Upgrade and Connection on, in HTTP/1.1, to a backend that takes them?',
          'On the server: does its handler for upgrades run, and what does its log say at this moment?',
        ),
      ],
    }),
  ];
}

type Lines = readonly (string | false)[];

function describe({ change, passed, outcome, durationMs }: Variation): string {
  return `${quoteText(change, 120)}: ${passed ? 'passed' : 'failed'} (${durationMs.toFixed(0)} ms)${outcome ? `: ${quoteText(outcome, 200)}` : ''}`;
}

function notCured({ variations, stopped }: Differential, lines: Lines, stage: Stage): Finding {
  const { it, make } = WORKS[stage];
  const count = variations.length === 1 ? 'The one change' : `None of the ${variations.length} single changes`;
  return finding('differential.not-cured', {
    title: `${count} tried ${variations.length === 1 ? 'does not make' : 'makes'} ${it} ${make}${stopped === null ? '' : ', and the run was stopped early'}`,
    explanation:
      'Each try was the failing one with a single thing changed. Where none of them passes, the fault is not in what the client asks for: look at the first finding, at the server and at what stands before it. Two faults at once look like this too.',
    evidence: lines,
  });
}

function incompatible(lines: Lines, stage: Stage): Finding {
  const { it, does } = WORKS[stage];
  const opened = stage === 'hold';
  return finding('compression.incompatible', {
    title: `Compression breaks ${it}: without permessage-deflate it ${does}`,
    explanation: opened
      ? 'The same connection breaks with compressed messages and holds without. The server, or a proxy before it, compresses in a way that cannot be undone (RFC 7692): a context that it did not keep, a window larger than agreed, or bytes changed on the way.'
      : 'The same request fails with the extension offered and passes without. The server, or a proxy before it, cannot stand the Sec-WebSocket-Extensions header or the parameters in it (RFC 7692), though refusing an offer is as easy as not answering it.',
    evidence: lines.slice(0, 8),
    fixes: [
      profileFix('Do without compression (profile)', { compression: false }),
      opened &&
        profileFix('Or ask for each message to be compressed by itself (profile)', {
          compression: { serverNoContextTakeover: true, clientNoContextTakeover: true },
        }),
      onServer(
        'Turn permessage-deflate off (perMessageDeflate of ws), or let a proxy before it not pass Sec-WebSocket-Extensions on.',
      ),
    ],
  });
}
