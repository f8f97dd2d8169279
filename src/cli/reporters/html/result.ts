import type { Finding, Phase, Report } from '../../../core/base/model.js';
import type { Problem } from '../../../core/profile/profile.js';
import { formatDuration } from '../../../core/text/durations.js';
import { plainRecord } from '../../render/plainReport.js';
import { suiteNameOf } from '../../run/item.js';
import { isFlaky, reasonOf, type RunResult } from '../../run/result.js';
import { EXIT } from '../../usage.js';
import { flakyNote } from '../cases.js';
import { html, type Markup, NOTHING } from './markup.js';
import { stepsSection } from './steps.js';

type Tone = 'good' | 'warn' | 'bad';

/** How a result stands, in a word and its colour. */
export function standing(result: RunResult): readonly [tone: Tone, text: string] {
  const { exitCode, fault, problems, report } = result;
  if (fault !== undefined) return ['bad', '✘ our fault'];
  if (problems !== undefined) return ['bad', '✘ invalid'];
  if (exitCode === EXIT.interrupted) return ['warn', '▲ interrupted'];
  if (isFlaky(result)) return ['warn', '▲ flaky'];
  if (report.verdict === 'healthy') return ['good', '✔ healthy'];
  return report.verdict === 'degraded' ? ['warn', '▲ degraded'] : ['bad', '✘ down'];
}

/** All that a page says of one probe. `id` is where links lead. */
export function resultSection(hostile: RunResult, id: string, repeat: number): Markup {
  const result = plainRecord(hostile);
  const { exitCode, fault, item, problems, report } = result;
  const [tone, sign] = standing(result);
  const time = report === undefined ? '' : formatDuration(report.durationMs);
  const flaky = flakyNote(result);
  return html`<details class="result" id="${id}"${exitCode === EXIT.ok ? NOTHING : html` open`}>
<summary><span class="sign ${tone}">${sign}</span><span class="title">${suiteNameOf(item, report?.name ?? null, repeat)}</span><span class="dim">${time}</span></summary>
<div>
${flaky === null ? NOTHING : html`<p class="warn">${flaky}</p>`}
${report === undefined ? NOTHING : reportBody(report, result)}
${problems === undefined ? NOTHING : problemsBody(problems, item.label)}
${fault === undefined ? NOTHING : html`<p class="why">${fault.message}</p>`}
</div>
</details>
`;
}

function problemsBody(problems: readonly Problem[], label: string): Markup {
  return html`<p class="why">The profile cannot be used.</p>
<pre>${problems.map(({ line, character, message, code }) => `${label}:${line + 1}:${character + 1}: ${message} [${code}]`).join('\n')}</pre>`;
}

function reportBody(report: Report, result: RunResult): Markup {
  const [headline] = report.findings;
  const why = reasonOf(result);
  const { close } = report;
  return html`<p class="mono dim">${report.url}</p>
${why === '' ? NOTHING : html`<p class="why">${why}</p>`}
${headline === undefined || why !== headline.title ? NOTHING : findingBody(headline)}
${stepsSection(report.steps)}${expectationsSection(report)}${phasesSection(report.phases)}
${close === null ? NOTHING : html`<p><span class="dim">close</span> ${close.code}${close.reason === '' ? '' : ` ${close.reason}`}, by the ${close.initiator}${close.clean ? '' : ', not clean'}</p>`}
${otherFindings(report.findings.slice(1))}${headsSection(report)}`;
}

function findingBody({ evidence, explanation, fixes }: Finding): Markup {
  const [fix] = fixes;
  return html`<p>${explanation}</p>
${evidence.length === 0 ? NOTHING : html`<pre>${evidence.join('\n')}</pre>`}
${fix === undefined ? NOTHING : html`<h3>${fix.title}</h3>${fix.snippet === '' ? NOTHING : html`<pre>${fix.snippet}</pre>`}`}`;
}

function expectationsSection({ expectations }: Report): Markup {
  if (expectations.length === 0) return NOTHING;
  const rows = expectations.map(
    ({
      actual,
      expected,
      name,
      passed,
    }) => html`<li><div class="head"><span class="sign ${passed ? 'good' : 'bad'}">${passed ? '✔ met' : '✘ missed'}</span><span>${name}</span><span class="dim">${passed ? '' : `wanted ${expected}, got ${actual}`}</span></div></li>
`,
  );
  return html`<h3>Expectations</h3>
<ol class="steps">
${rows}</ol>
`;
}

function phasesSection(phases: readonly Phase[]): Markup {
  const shown = phases.filter(({ status }) => status !== 'skipped' && status !== 'not-reached');
  if (shown.length === 0) return NOTHING;
  const end = Math.max(1, ...shown.map(({ startMs, durationMs }) => startMs + durationMs));
  const rows = shown.map(({ durationMs, name, startMs, status }) => {
    const tone = status === 'ok' ? '' : status === 'degraded' ? 'warn' : 'bad';
    const percent = (ms: number) => ((100 * ms) / end).toFixed(2);
    const width = Math.max(0.5, Number(percent(durationMs)));
    const bar = html`<svg class="bar" role="presentation" viewBox="0 0 100 4" preserveAspectRatio="none"><rect class="${tone}" x="${percent(startMs)}" y="0" width="${width}" height="4"/></svg>`;
    return html`<tr><td class="key">${name}</td><td class="key ${tone}">${status}</td><td class="time">${formatDuration(durationMs)}</td><td class="rest">${bar}</td></tr>
`;
  });
  return html`<h3>Phases</h3><div class="wide"><table><tbody>
${rows}</tbody></table></div>
`;
}

function otherFindings(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return NOTHING;
  return html`<h3>Also found</h3><ul>${findings.map(({ explanation, title }) => html`<li>${title} <span class="dim">${explanation}</span></li>`)}</ul>
`;
}

function headsSection({ request, response }: Report): Markup {
  if (request === null) return NOTHING;
  const asText = (headers: readonly (readonly [string, string])[]) =>
    headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  const asked = `${request.method} ${request.target} HTTP/${request.httpVersion}\n${asText(request.headers)}`;
  const answered =
    response === null
      ? null
      : `HTTP/${response.httpVersion} ${response.status} ${response.reason}\n${asText(response.headers)}`;
  const body = response?.body.text ?? '';
  return html`<details class="more"><summary>Opening handshake</summary><pre>${asked}</pre>${answered === null ? NOTHING : html`<pre>${answered}${body === '' ? '' : `\n\n${body}`}</pre>`}</details>
`;
}
