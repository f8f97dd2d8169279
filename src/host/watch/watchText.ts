import { plainLines } from '../../core/base/plainText.js';
import { formatDuration } from '../../core/text/durations.js';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../core/text/markdown.js';
import type { Watched, WatchSummary } from './watched.js';
import { availabilityText, sparkText } from './watchFigures.js';

/** What is known of a watched target, as a document. */
export function watchText({ name, summary, url }: Watched): string {
  if (!summary) return `# ${markdownText(name)}\n\n${markdownCode(url, 2_000)}\n\nNot looked at yet.\n`;
  const { availability, connected, everyMs, hold, looks, since, verdict } = summary;
  const facts = [
    hold ? 'one connection held' : 'probed',
    `every ${formatDuration(everyMs)}`,
    `${looks} looks, connected ${connected}`,
    ...(since === null ? [] : [`${verdict} since ${markdownText(since)}`]),
  ];
  const blocks = [
    `# ${verdict ?? 'not looked at yet'}: ${markdownText(name)}`,
    `**${availabilityText(availability)}** available  \n${markdownCode(sparkText(summary, 60))}`,
    `${markdownCode(url, 2_000)}  \n${facts.join(' · ')}`,
    alertsText(summary),
    timesText(summary),
    endsText(summary),
    failuresText(summary),
    changesText(summary),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function alertsText({ alerts }: WatchSummary): string {
  const blocks = alerts.map(({ at, fix, headline, title }) =>
    [
      `### ${markdownText(title)}`,
      `Since ${markdownText(at)}.${headline ? ` ${markdownText(headline.title)}` : ''}`,
      `**First: ${markdownText(fix.title)}**`,
      markdownBlock(plainLines(fix.snippet), fix.language),
    ].join('\n\n'),
  );
  return blocks.length === 0 ? '' : ['## Alerts', ...blocks].join('\n\n');
}

function timesText({ phases, roundTrip, stability }: WatchSummary): string {
  const times = [...Object.entries(phases), ...(roundTrip ? [['round trip', roundTrip] as const] : [])];
  if (times.length === 0) return '';
  const rows = times.map(([name, { count, p50Ms, p95Ms, p99Ms }]) => [
    name,
    ...[p50Ms, p95Ms, p99Ms].map(formatDuration),
    String(count),
  ]);
  const jitter = stability?.unstable
    ? '\n\nRound trips jitter while handshakes are steady: something behind the handshake queues.'
    : '';
  return `## Times\n\n${markdownTable(['phase', 'p50', 'p95', 'p99', 'of'], rows)}${jitter}`;
}

function endsText({ closes, drops, heartbeats, hold, pausedMs, reconnects }: WatchSummary): string {
  const rows = closes.map(({ clean, code, count }) => [String(code), clean ? 'clean' : 'not clean', String(count)]);
  const { answered, sent } = heartbeats;
  const held = `${drops} drops, ${reconnects} reconnects, ${answered} of ${sent} heartbeats answered.`;
  const paused = `Nothing was seen for ${formatDuration(pausedMs)}: the machine slept, or we were stopped.`;
  const parts = [
    rows.length === 0 ? '' : `## Close codes\n\n${markdownTable(['code', 'end', 'times'], rows)}`,
    hold ? held : '',
    pausedMs > 0 ? paused : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function failuresText({ failures }: WatchSummary): string {
  const rows = failures
    .toReversed()
    .map(({ at, count, title, until }) => [markdownText(at), markdownText(until), String(count), markdownText(title)]);
  return rows.length === 0 ? '' : `## Last failures\n\n${markdownTable(['from', 'to', 'looks', 'why'], rows)}`;
}

function changesText({ changes }: WatchSummary): string {
  const rows = changes
    .toReversed()
    .map(({ at, from, to, what }) => [markdownText(at), what, markdownText(from), markdownText(to)]);
  return rows.length === 0 ? '' : `## Changes\n\n${markdownTable(['at', 'what', 'before', 'after'], rows)}`;
}
