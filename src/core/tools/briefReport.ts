import { plainLines, plainText, quoteText } from '../base/plainText.js';
import { type Finding, isConnected, type Phase, type Report } from '../base/model.js';
import { formatDuration } from '../text/durations.js';
import { untrusted } from './untrusted.js';

const MAX_TEXT = 700;
const MAX_EVIDENCE = 12;
const MAX_SNIPPET = 1_500;
const MAX_BODY = 300;
const MAX_FURTHER = 5;
const MAX_HEADERS = 8;

/** A report as a model reads it: the verdict and the times in our words, then what may quote the peer, marked as that. */
export function briefReport(report: Report): string {
  const { verdict, url, durationMs, error, findings } = report;
  const failed = report.phases.find(({ status }) => status === 'failed');
  const where = failed?.name ?? error?.phase;
  const how = isConnected(report) ? 'opened, then failed' : `failed in ${where ?? 'the profile'}`;
  return [
    `verdict: ${verdict}${verdict === 'down' ? ` (${how})` : ''} after ${formatDuration(durationMs)}`,
    `url: ${plainText(url, 500)}`,
    ...(error ? [`error: ${error.code}`] : []),
    `phases: ${report.phases.map(phaseText).join(', ')}`,
    ...(findings.length > 0
      ? [`findings: ${findings.map(({ id, layer, severity }) => `${id} (${severity}, ${layer})`).join(', ')}`]
      : []),
    ...untrusted([...whyLines(report), ...factLines(report)]),
    ...(failed?.name === 'upgrade' && report.differential === undefined
      ? ['next: wsprobe_find_cure finds the one change that makes the handshake pass']
      : []),
  ].join('\n');
}

/** What a differential handshake found, before the report of the handshake as it was asked for. */
export function briefCure(report: Report): string {
  const { differential } = report;
  if (!differential) return ['cure: none needed, the handshake succeeds as it is', briefReport(report)].join('\n');
  const { variations, cure, stopped } = differential;
  const cured = variations.find(({ id }) => id === cure);
  const tried = variations.map(
    ({ passed, change, outcome }) =>
      `- ${passed ? 'passes' : 'fails'}: ${plainText(change, 200)}: ${quoteText(outcome, 160)}`,
  );
  return [
    cured ? `cure: ${cured.id}` : `cure: none of the ${variations.length} changes tried makes it pass`,
    ...(stopped === null ? [] : [`stopped early: ${plainText(stopped, 300)}`]),
    ...untrusted(tried),
    briefReport({ ...report, findings: report.findings.map(withoutTried) }),
  ].join('\n');
}

/** Its evidence is what was tried, which stands above. */
function withoutTried(finding: Finding): Finding {
  return finding.id.startsWith('differential.') ? { ...finding, evidence: [] } : finding;
}

function phaseText({ name, status, durationMs }: Phase): string {
  if (status === 'not-reached') return `${name} not reached`;
  if (status === 'skipped') return `${name} none`;
  return `${name} ${formatDuration(durationMs)}${status === 'ok' ? '' : ` ${status}`}`;
}

function whyLines({ findings, error, verdict }: Report): readonly string[] {
  const [headline, ...others] = findings;
  if (!headline) return error && verdict !== 'healthy' ? [`why: ${plainText(error.message, MAX_TEXT)}`] : [];
  const further = others.slice(0, MAX_FURTHER).map(({ id, title }) => `also: ${plainText(title, 300)} (${id})`);
  return [...findingLines(headline), ...further];
}

function findingLines({ title, explanation, evidence, fixes }: Finding): readonly string[] {
  const [first, ...others] = fixes;
  const rest = evidence.length - MAX_EVIDENCE;
  return [
    `headline: ${plainText(title, MAX_TEXT)}`,
    ...(explanation === '' ? [] : [`why: ${plainText(explanation, MAX_TEXT * 2)}`]),
    ...evidence.slice(0, MAX_EVIDENCE).map((line) => `evidence: ${quoteText(line, 300)}`),
    ...(rest > 0 ? [`evidence: ${rest} more lines`] : []),
    ...(first ? [`fix: ${plainText(first.title, 300)}`, ...indented(plainLines(first.snippet, MAX_SNIPPET))] : []),
    ...(others.length > 0 ? [`other fixes: ${others.map((fix) => plainText(fix.title, 150)).join('; ')}`] : []),
  ];
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

/** What answered, and what came of what was asked for. */
function factLines({
  response,
  redirects = [],
  subprotocol,
  roundTrips,
  close,
  expectations,
  steps,
  ...report
}: Report): readonly string[] {
  const headers = (response?.headers ?? []).slice(0, MAX_HEADERS).map(([name, value]) => `${name}: ${value}`);
  const missed = expectations.filter(({ passed }) => !passed);
  return [
    ...redirects.map(
      ({ status, location, followed }) =>
        `redirect: ${status} to ${quoteText(location, 300)}${followed ? '' : ', not followed'}`,
    ),
    ...(response
      ? [
          `answered: HTTP/${response.httpVersion} ${response.status} ${quoteText(response.reason, 100)}${headers.length > 0 ? `; ${quoteText(headers.join('; '), 600)}` : ''}`,
        ]
      : []),
    ...(response?.body && response.body.text !== ''
      ? [`body (${response.body.bytes} B): ${quoteText(response.body.text, MAX_BODY)}`]
      : []),
    ...(subprotocol.selected === null ? [] : [`subprotocol: ${quoteText(subprotocol.selected, 100)}`]),
    ...(report.dialect === undefined ? [] : [`dialect: ${report.dialect}`]),
    ...(roundTrips ? [`round trip (${roundTrips.mode}): ${formatDuration(roundTrips.p50Ms)}`] : []),
    ...(close
      ? [
          `close: ${close.code} ${quoteText(close.reason, 200)} by the ${close.initiator}; ${quoteText(close.evidence, 400)}`,
        ]
      : []),
    ...missed
      .slice(0, MAX_FURTHER)
      .map(
        ({ name, expected, actual }) =>
          `not as expected: ${plainText(name, 200)}: expected ${quoteText(expected, 200)}, was ${quoteText(actual, 200)}`,
      ),
    ...steps
      .filter(({ status }) => status === 'failed')
      .slice(0, MAX_FURTHER)
      .map(({ name, error }) => `step failed: ${plainText(name, 200)}: ${quoteText(error ?? '', 300)}`),
  ];
}
