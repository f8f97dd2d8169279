import { createHash } from 'node:crypto';
import { formatDuration } from '../../../core/text/durations.js';
import type { RunSummary } from '../../run/tally.js';
import type { RunHead } from '../reporter.js';
import { html, Markup, NOTHING } from './markup.js';
import { CSS } from './style.js';

/** What the table at the top says of one probe: all that is kept of it. */
export interface Row {
  readonly id: string;
  /** Of the profile and its turn: one row of the table, whatever the environment. */
  readonly title: string;
  readonly environment: string | null;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly sign: string;
  readonly durationMs: number | null;
  readonly why: string;
}

// No script, no network, no other style than this one, whatever a report may hold.
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(CSS).digest('base64')}'; base-uri 'none'; form-action 'none'`;
const STYLE = new Markup(`<style>${CSS}</style>`);

export function pageHead(title: string): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${STYLE}
</head>
<body>
<main>
`;
}

export const PAGE_END = html`</main>
</body>
</html>
`;

/** The run in one sentence. */
export function headlineOf({ total, down, problems, faults, notRun, degraded }: RunSummary): string {
  const failed = down + problems + faults;
  const left = notRun === 0 ? '' : `, ${notRun} not run`;
  const probes = total === 1 ? '1 probe' : `${total} probes`;
  if (failed > 0) return `${failed} of ${probes} failed${left}`;
  if (notRun > 0) return `${total - notRun} of ${probes} run, none failed`;
  const slow = degraded === 0 ? '' : `, ${degraded} degraded`;
  return total === 1 ? `The probe passed${slow}` : `All ${probes} passed${slow}`;
}

export function summarySection(summary: RunSummary, head: RunHead, interrupted: boolean): Markup {
  const { degraded, down, durationMs, exitCode, faults, flaky, healthy, notRun, problems } = summary;
  const counts = [
    `${healthy} healthy`,
    `${degraded} degraded`,
    `${down} down`,
    ...(problems > 0 ? [`${problems} invalid`] : []),
    ...(faults > 0 ? [`${faults} by our own fault`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ];
  const from = head.host === '' ? '' : ` · from ${head.host}`;
  return html`<header>
<h1>${headlineOf(summary)}</h1>
<p>${counts.join(', ')}</p>
<p class="dim">${head.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')} · ${formatDuration(durationMs)}${from} · exit code ${exitCode}${interrupted ? ' · interrupted' : ''}</p>
</header>
`;
}

/** Every probe with a link to what is said of it; with several environments they stand side by side. */
export function overview(rows: readonly Row[], environments: readonly (string | null)[]): Markup {
  if (rows.length === 0) return NOTHING;
  return environments.length > 1 ? matrix(rows, environments) : list(rows);
}

function list(rows: readonly Row[]): Markup {
  const lines = rows.map(
    ({
      durationMs,
      id,
      sign,
      title,
      tone,
      why,
    }) => html`<tr><td class="sign ${tone}">${sign}</td><td class="name"><a href="#${id}">${title}</a></td><td class="time optional">${timeOf(durationMs)}</td><td class="optional">${why}</td></tr>
`,
  );
  return html`<h2>Probes</h2>
<div class="wide"><table><tbody>
${lines}</tbody></table></div>
`;
}

function matrix(rows: readonly Row[], environments: readonly (string | null)[]): Markup {
  const byTitle = new Map<string, Map<string | null, Row>>();
  for (const row of rows) {
    const cells = byTitle.get(row.title) ?? new Map<string | null, Row>();
    byTitle.set(row.title, cells.set(row.environment, row));
  }
  const lines = [...byTitle].map(([title, cells]) => {
    const columns = environments.map((name) => cellOf(cells.get(name)));
    return html`<tr><td class="name">${title}</td>${columns}</tr>
`;
  });
  const heads = environments.map((name) => html`<th scope="col">${name ?? ''}</th>`);
  return html`<h2>Probes by environment</h2>
<div class="wide"><table><thead><tr><th scope="col">profile</th>${heads}</tr></thead><tbody>
${lines}</tbody></table></div>
`;
}

function cellOf(row: Row | undefined): Markup {
  if (row === undefined) return html`<td class="dim">not run</td>`;
  const { durationMs, id, sign, tone } = row;
  return html`<td><a class="sign ${tone}" href="#${id}">${sign}</a> <span class="dim">${timeOf(durationMs)}</span></td>`;
}

function timeOf(durationMs: number | null): string {
  return durationMs === null ? '' : formatDuration(durationMs);
}
