import { plainLines } from '../../core/base/plainText.js';
import { formatDuration } from '../../core/text/durations.js';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../core/text/markdown.js';
import type { Localizer } from '../localizer.js';
import type { Watched, WatchSummary } from './watched.js';
import { availabilityText, sparkText } from './watchFigures.js';

/** What is known of a watched target, as a document. */
export function watchText({ name, summary, url }: Pick<Watched, 'name' | 'summary' | 'url'>, l10n: Localizer): string {
  if (!summary) return `# ${markdownText(name)}\n\n${markdownCode(url, 2_000)}\n\n${l10n.t('Not looked at yet.')}\n`;
  const { availability, connected, everyMs, hold, looks, since, verdict } = summary;
  const facts = [
    hold ? l10n.t('one connection held') : l10n.t('probed'),
    l10n.t('every {0}', formatDuration(everyMs)),
    l10n.t('{0} looks, connected {1}', looks, connected),
    ...(since === null ? [] : [l10n.t('{0} since {1}', String(verdict), markdownText(since))]),
  ];
  const blocks = [
    `# ${verdict ?? l10n.t('not looked at yet')}: ${markdownText(name)}`,
    `${l10n.t('{0} available', `**${availabilityText(availability)}**`)}  \n${markdownCode(sparkText(summary, 60))}`,
    `${markdownCode(url, 2_000)}  \n${facts.join(' · ')}`,
    alertsText(summary, l10n),
    timesText(summary, l10n),
    endsText(summary, l10n),
    failuresText(summary, l10n),
    changesText(summary, l10n),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function alertsText({ alerts }: WatchSummary, l10n: Localizer): string {
  const blocks = alerts.map(({ at, fix, headline, title }) =>
    [
      `### ${markdownText(title)}`,
      `${l10n.t('Since {0}.', markdownText(at))}${headline ? ` ${markdownText(headline.title)}` : ''}`,
      `**${l10n.t('First: {0}', markdownText(fix.title))}**`,
      markdownBlock(plainLines(fix.snippet), fix.language),
    ].join('\n\n'),
  );
  return blocks.length === 0 ? '' : [`## ${l10n.t('Alerts')}`, ...blocks].join('\n\n');
}

function timesText({ phases, roundTrip, stability }: WatchSummary, l10n: Localizer): string {
  const times = [...Object.entries(phases), ...(roundTrip ? [[l10n.t('round trip'), roundTrip] as const] : [])];
  if (times.length === 0) return '';
  const rows = times.map(([name, { count, p50Ms, p95Ms, p99Ms }]) => [
    name,
    ...[p50Ms, p95Ms, p99Ms].map(formatDuration),
    String(count),
  ]);
  const jitter = stability?.unstable
    ? `\n\n${l10n.t('Round trips jitter while handshakes are steady: something behind the handshake queues.')}`
    : '';
  return `## ${l10n.t('Times')}\n\n${markdownTable([l10n.t('phase'), 'p50', 'p95', 'p99', l10n.t('of')], rows)}${jitter}`;
}

function endsText(
  { closes, drops, heartbeats, hold, pausedMs, reconnects, returns, sequence }: WatchSummary,
  l10n: Localizer,
): string {
  const rows = closes.map(({ clean, code, count }) => [
    String(code),
    clean ? l10n.t('clean') : l10n.t('not clean'),
    String(count),
  ]);
  const { answered, sent } = heartbeats;
  const held = l10n.t('{0} drops, {1} reconnects, {2} of {3} heartbeats answered.', drops, reconnects, answered, sent);
  const paused = l10n.t('Nothing was seen for {0}: the machine slept, or we were stopped.', formatDuration(pausedMs));
  const { atFirstTry, count } = returns;
  const back = count === 0 ? [] : [l10n.t('It came back {0} times, {1} at the first try.', count, atFirstTry)];
  const lost = sequence
    ? l10n.t(
        'Of {0} numbered messages {1} were lost and {2} repeated; the count began anew {3} times.',
        sequence.numbered,
        sequence.lost,
        sequence.repeated,
        sequence.unknown,
      )
    : l10n.t('Whether messages were lost is unknown: watch.sequence in the profile says where they are numbered.');
  const parts = [
    rows.length === 0
      ? ''
      : `## ${l10n.t('Close codes')}\n\n${markdownTable([l10n.t('code'), l10n.t('end'), l10n.t('times')], rows)}`,
    hold ? [held, ...back, lost].join(' ') : '',
    pausedMs > 0 ? paused : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function failuresText({ failures }: WatchSummary, l10n: Localizer): string {
  const rows = failures
    .toReversed()
    .map(({ at, count, title, until }) => [markdownText(at), markdownText(until), String(count), markdownText(title)]);
  const columns = [l10n.t('from'), l10n.t('to'), l10n.t('looks'), l10n.t('why')];
  return rows.length === 0 ? '' : `## ${l10n.t('Last failures')}\n\n${markdownTable(columns, rows)}`;
}

function changesText({ changes }: WatchSummary, l10n: Localizer): string {
  const rows = changes
    .toReversed()
    .map(({ at, from, to, what }) => [markdownText(at), what, markdownText(from), markdownText(to)]);
  const columns = [l10n.t('at'), l10n.t('what'), l10n.t('before'), l10n.t('after')];
  return rows.length === 0 ? '' : `## ${l10n.t('Changes')}\n\n${markdownTable(columns, rows)}`;
}
