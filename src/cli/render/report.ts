import { type Finding, isConnected, type Report, type Severity } from '../../core/base/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { putFix } from './fix.js';
import { plainRecord } from './plainReport.js';
import { putCertificates, putFrames, putHeads, putTunnel } from './depth.js';
import { putAttempts, putClose, putExpectations, putHandshake, putRoundTrips, putTls } from './facts.js';
import { putVariations } from './differential.js';
import { putNegotiated } from './negotiated.js';
import { putCredentials, putLooks, putProxy, putRedirects } from './route.js';
import type { Style, Tone } from './style.js';
import { cut, Page } from './text.js';
import { plural } from './words.js';
import { hasRun, renderWaterfall } from './waterfall.js';
import { putClients, putSteps } from './steps.js';

export interface ReportOptions {
  /** Adds request and response, the certificate chain, frames, every fix and every row. */
  readonly verbose?: boolean;
}

const VERDICT_TONE: Record<Report['verdict'], Tone> = { healthy: 'good', degraded: 'warn', down: 'bad' };
const HEADLINE_TONE: Record<Severity, Tone> = { error: 'badHeadline', warning: 'warnHeadline', info: 'bold' };
const SEVERITY_TONE: Record<Severity, Tone> = { error: 'bad', warning: 'warn', info: 'accent' };

/** A report for a person, in the order of their questions: is it well, why not, what to change, where did the time go. */
export function renderReport(hostile: Report, style: Style, options: ReportOptions = {}): string[] {
  const report = plainRecord(hostile);
  const verbose = options.verbose === true;
  const page = new Page(style);

  putVerdict(page, report, style);
  const headline = headlineOf(report);
  putHeadline(page, report, headline, style, verbose);

  const waterfall = renderWaterfall(report, style, { all: verbose });
  const facts = new Page(style);
  putAttempts(facts, report, style);
  putCredentials(facts, report, style);
  putProxy(facts, report, style, verbose);
  putTls(facts, report, style);
  putRedirects(facts, report, style);
  putHandshake(facts, report, style);
  if (verbose) putNegotiated(facts, report, style);
  putRoundTrips(facts, report, style);
  putClose(facts, report, style, verbose);
  putLooks(facts, report);
  putExpectations(facts, report, style, verbose);
  putClients(facts, report, style);
  putSteps(facts, report, style, verbose);
  putVariations(facts, report, style);
  putFurther(
    facts,
    report.findings.filter((finding) => finding !== headline),
    style,
    verbose,
  );
  if (verbose) {
    putTunnel(facts, report, style);
    putCertificates(facts, report, style);
    putHeads(facts, report, style);
    putFrames(facts, report, style);
  }
  const parts = [page.lines(), waterfall, facts.lines()].filter((lines) => lines.length > 0);
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** The head of a report: why it failed and what to change. With `verdict`, whether it is well comes first. */
export function renderWhy(
  hostile: Report,
  style: Style,
  { verbose = false, verdict = true }: ReportOptions & { readonly verdict?: boolean } = {},
): string[] {
  const report = plainRecord(hostile);
  const page = new Page(style);
  if (verdict) putVerdict(page, report, style);
  const headline = headlineOf(report);
  putHeadline(page, report, headline, style, verbose);
  return page.lines();
}

export function verdictSign(verdict: Report['verdict'], style: Style): string {
  const { glyphs } = style;
  const sign = { healthy: glyphs.good, degraded: glyphs.warn, down: glyphs.bad }[verdict];
  return style.paint(VERDICT_TONE[verdict], `${sign} ${verdict}`);
}

/** The finding that answers "why"; a healthy report has one only when something still needs a look. */
function headlineOf(report: Report): Finding | null {
  const [first] = report.findings;
  return first !== undefined && (first.severity !== 'info' || report.verdict !== 'healthy') ? first : null;
}

function putVerdict(page: Page, report: Report, style: Style): void {
  const sign = verdictSign(report.verdict, style);
  const column = ' '.repeat(Math.max(1, 10 - report.verdict.length));
  const named = report.name !== '' && report.name !== report.url && report.name !== addressOf(report.url);
  page.heading(`${sign}${column}${style.paint('bold', named ? report.name : report.url)}`);
  if (named) page.row('', report.url);
  page.row('', summaryOf(report, style), 'dim');
}

/** What a probe of a bare URL is called: host and path. */
function addressOf(url: string): string {
  return url.replace(/^wss?:\/\//, '').replace(/[?#].*$/, '');
}

function summaryOf(report: Report, style: Style): string {
  const failed = report.phases.find((phase) => phase.status === 'failed');
  const last = report.phases.findLast(hasRun);
  const where =
    failed?.name ?? (report.error?.code.startsWith('profile.') ? 'the profile' : (report.error?.phase ?? last?.name));
  const duration = formatDuration(report.durationMs);
  const how = isConnected(report) ? 'opened, then failed' : `failed in ${where}`;
  const what = report.verdict === 'down' ? [how, duration] : [`took ${duration}`];
  const from =
    report.vantage.remote === null ? report.vantage.host : `${report.vantage.host} (${report.vantage.remote})`;
  return [...what, ...(from === '' ? [] : [`from ${from}`]), report.startedAt.replace(/\.\d+Z$/, 'Z')].join(
    style.glyphs.separator,
  );
}

function putHeadline(page: Page, report: Report, headline: Finding | null, style: Style, verbose: boolean): void {
  if (headline !== null) putFinding(page, headline, style, verbose, report.verdict === 'healthy' ? 'note' : 'why');
  else if (report.verdict !== 'healthy') putReasonWithoutFinding(page, report);
}

export function putFinding(page: Page, finding: Finding, style: Style, verbose: boolean, label: string): void {
  page.gap();
  page.row(label, finding.title, HEADLINE_TONE[finding.severity]);
  if (finding.explanation !== '') page.row('', finding.explanation);
  const fixes = verbose ? finding.fixes : finding.fixes.slice(0, 1);
  for (const [index, fix] of fixes.entries()) {
    page.gap();
    page.row(index === 0 ? 'change' : '', fix.title, 'bold');
    putFix(page, fix);
  }
  const more = finding.fixes.slice(fixes.length);
  if (more.length > 0) page.row('', `or: ${more.map((fix) => fix.title).join('; ')} (--verbose shows how)`, 'dim');
  putEvidence(page, finding, style, verbose);
}

function putEvidence(page: Page, { evidence }: Finding, style: Style, verbose: boolean): void {
  const shown = verbose ? evidence : evidence.slice(0, 3);
  if (shown.length > 0) page.gap();
  for (const [index, line] of shown.entries()) {
    const text = verbose ? line : cut(line, (page.textColumns - 4) * 2, style.glyphs.ellipsis);
    page.bullet(index === 0 ? 'evidence' : '', text, style.glyphs.bullet);
  }
  if (shown.length < evidence.length)
    page.row('', `${plural(evidence.length - shown.length, 'more line')} with --verbose`, 'dim');
}

/** Never a bare "down": the first thing that went wrong, in its own words. */
function putReasonWithoutFinding(page: Page, report: Report): void {
  const missed = report.expectations.find((expectation) => !expectation.passed);
  const slow = report.phases.find((phase) => phase.status === 'failed' || phase.status === 'degraded');
  page.gap();
  if (report.error !== null) {
    const { code, message } = report.error;
    page.row('why', message.includes(code) ? message : `${message} (${code})`, 'bold');
  } else if (missed !== undefined)
    page.row('why', `Expected: ${missed.name}. Wanted ${missed.expected}, got ${missed.actual}.`, 'bold');
  else if (slow !== undefined) page.row('why', `The ${slow.name} phase ${slow.status}.`, 'bold');
}

/** Findings beside the headline, a line each. */
export function putFurther(page: Page, others: readonly Finding[], style: Style, verbose: boolean): void {
  for (const [index, finding] of others.entries()) {
    const sign = { error: style.glyphs.bad, warning: style.glyphs.warn, info: style.glyphs.info }[finding.severity];
    const text = verbose ? `${finding.title} ${finding.explanation}` : finding.title;
    page.bullet(index === 0 ? 'also' : '', text, sign, SEVERITY_TONE[finding.severity]);
    if (!verbose) continue;
    for (const evidence of finding.evidence) page.bullet('', evidence, style.glyphs.bullet);
    for (const fix of finding.fixes) {
      page.row('', fix.title, 'bold');
      putFix(page, fix);
    }
  }
}
