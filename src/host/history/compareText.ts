import type { Change, Comparison, Timing } from '../../core/compare/model.js';
import { formatDuration } from '../../core/text/durations.js';
import { markdownTable, markdownText } from '../../core/text/markdown.js';
import type { Localizer } from '../localizer.js';

/** More changes are counted. */
const MAX_CHANGES = 200;

/** What changed since it was last healthy, as a document. */
export function compareText(
  { changes, timings, title }: Comparison,
  rules: readonly string[],
  l10n: Localizer,
): string {
  const slower = timings.filter(({ isBeyondNoise }) => isBeyondNoise);
  const same = changes.length === 0 && slower.length === 0;
  const blocks = [
    `# ${markdownText(title, 600)}`,
    same ? l10n.t('Nothing that is compared has changed.') : '',
    slower.map((timing) => `**${markdownText(timingText(timing, l10n))}**`).join('  \n'),
    changesText(changes, l10n),
    timings.length === 0 ? '' : timesText(timings, l10n),
    rules.map((rule) => markdownText(rule, 600)).join(' '),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** `+180 ms in upgrade`. */
function timingText({ afterMs, beforeMs, name }: Timing, l10n: Localizer): string {
  if (beforeMs === null) return l10n.t('{0} is new: {1}', name, formatDuration(afterMs ?? 0));
  if (afterMs === null) return l10n.t('{0} did not take place', name);
  const delta = afterMs - beforeMs;
  return l10n.t('{0} in {1}', `${delta < 0 ? '-' : '+'}${formatDuration(Math.abs(delta))}`, name);
}

function changesText(changes: readonly Change[], l10n: Localizer): string {
  if (changes.length === 0) return '';
  const gone = l10n.t('none');
  const rows = changes
    .slice(0, MAX_CHANGES)
    .map(({ after, before, kind, name }) => [
      markdownText(name === null ? kind : `${kind} ${name}`, 200),
      markdownText(before ?? gone, 600),
      markdownText(after ?? gone, 600),
    ]);
  const left = changes.length - rows.length;
  const rest = left > 0 ? `\n\n${l10n.t('{0} more changes.', left)}` : '';
  return `## ${l10n.t('What changed')}\n\n${markdownTable([l10n.t('what'), l10n.t('healthy'), l10n.t('now')], rows)}${rest}`;
}

function timesText(timings: readonly Timing[], l10n: Localizer): string {
  const told = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  const rows = timings.map(({ afterMs, beforeMs, name }) => [markdownText(name), told(beforeMs), told(afterMs)]);
  return `## ${l10n.t('Times')}\n\n${markdownTable([l10n.t('phase'), l10n.t('healthy'), l10n.t('now')], rows)}`;
}
