import type { Experiment, ExperimentRun } from '../../core/base/experiment.js';
import type { Finding, Fix } from '../../core/base/model.js';
import { plainLines } from '../../core/base/plainText.js';
import { formatDuration } from '../../core/text/durations.js';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../core/text/markdown.js';
import { numberText } from '../../core/text/numbers.js';
import type { Localizer } from '../localizer.js';

/** Of more connections, those that went wrong may be told by the record alone. */
const MAX_RUNS = 200;

/** An experiment as a document: what was found first, then the numbers, what to change, and each connection. */
export function experimentText(record: Experiment, l10n: Localizer): string {
  const { conclusion, connections, durationMs, experiment, findings, name, stopped, url, vantage, verdict } = record;
  const { failed, opened } = connections;
  const facts = [
    l10n.t('{0} opened', opened),
    ...(failed > 0 ? [l10n.t('{0} failed', failed)] : []),
    l10n.t('took {0}', formatDuration(durationMs)),
    l10n.t('from {0}', markdownText(vantage.host)),
  ];
  const blocks = [
    `# ${l10n.t('{0}: {1} of {2}', verdict, markdownText(experiment), markdownText(name))}`,
    `**${markdownText(conclusion, 600)}**`,
    `${markdownCode(url, 2_000)}  \n${facts.join(' · ')}`,
    stopped === null ? '' : l10n.t('Stopped early: {0}', markdownText(stopped)),
    numbersText(record, l10n),
    ...(findings.length === 0 ? [] : [`## ${l10n.t('Findings')}`, ...findings.map(findingText)]),
    runsText(record.runs, l10n),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function numbersText({ numbers }: Experiment, l10n: Localizer): string {
  const rows = Object.entries(numbers).map(([name, value]) =>
    numberText(name, value).map((text) => markdownText(text)),
  );
  return rows.length === 0
    ? ''
    : `## ${l10n.t('Numbers')}\n\n${markdownTable([l10n.t('number'), l10n.t('value')], rows)}`;
}

function findingText({ evidence, explanation, fixes, id, title }: Finding): string {
  const seen = evidence.map((line) => `- ${markdownText(line)}`).join('\n');
  const parts = [`### ${markdownText(title, 600)}`, markdownText(explanation, 4_000), seen, markdownCode(id)];
  return [...parts, ...fixes.map(fixText)].filter((part) => part !== '').join('\n\n');
}

function fixText({ language, snippet, title }: Fix): string {
  return `**${markdownText(title)}**\n\n${markdownBlock(plainLines(snippet), language)}`;
}

function runsText(runs: readonly ExperimentRun[], l10n: Localizer): string {
  if (runs.length === 0) return '';
  const rows = runs.slice(0, MAX_RUNS).map(({ close, connection, endMs, error, note, openMs, startMs }) => {
    const held = openMs === null || endMs === null ? '–' : formatDuration(endMs - openMs);
    const ending = close ? `${close.code}, ${close.evidence}` : (error?.message ?? '');
    return [String(connection), formatDuration(startMs), held, markdownText(ending), markdownText(note)];
  });
  const left = runs.length - rows.length;
  const rest = left > 0 ? `\n\n${l10n.t('{0} more are in the record.', left)}` : '';
  const columns = [l10n.t('connection'), l10n.t('at'), l10n.t('held'), l10n.t('ended by'), l10n.t('seen')];
  return `## ${l10n.t('Connections')}\n\n${markdownTable(columns, rows)}${rest}`;
}
