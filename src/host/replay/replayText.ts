import { formatDuration } from '../../core/text/durations.js';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../core/text/markdown.js';
import { plainText } from '../../core/base/plainText.js';
import type { JobKinds } from '../../protocol/jobs.js';

const MAX_SHOWN = 200;

type Replay = JobKinds['replay']['result'];
type ReplayDifference = Replay['differences'][number];

/** A replay as a document: whether all is as it was recorded, each difference with its places, the rules. */
export function replayText(replay: Replay): string {
  const {
    connected,
    connection,
    differences,
    expected,
    more,
    notes,
    received,
    recording,
    report,
    rules,
    same,
    sent,
    url,
  } = replay;
  const count = differences.length + more;
  const verdict = same ? 'as recorded' : count > 0 ? `${count} different` : connected ? 'not through' : 'no connection';
  const [headline] = report.findings;
  const shown = differences.slice(0, MAX_SHOWN);
  const blocks = [
    `# ${verdict}: ${markdownText(recording)}, connection ${connection}`,
    `${markdownCode(url, 2_000)}  \n${sent} sent · ${received} received · ${expected} expected · ${formatDuration(report.durationMs)}`,
    ...(same || count > 0 || headline === undefined
      ? []
      : [`**${markdownText(headline.title)}** ${markdownText(headline.explanation, 2_000)}`]),
    ...notes.map((note) => `> ${markdownText(note, 1_000)}`),
    ...shown.map(differenceText),
    count > shown.length ? `${count - shown.length} more are not shown.` : '',
    ['## What counts as equal', ...rules.map((rule) => `- ${markdownText(rule, 1_000)}`)].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function differenceText({ actual, expected, kind, number, paths }: ReplayDifference): string {
  const lines = [
    ...(expected === null ? [] : [`- ${plainText(expected, 400)}`]),
    ...(actual === null ? [] : [`+ ${plainText(actual, 400)}`]),
  ];
  const rows = paths.map((place) => [place.path, place.expected ?? 'nothing', place.actual ?? 'nothing'].map(cell));
  return [
    `## ${number === null ? kind : `Message ${number}: ${kind}`}`,
    markdownBlock(lines.join('\n'), 'diff'),
    ...(rows.length === 0 ? [] : [markdownTable(['where', 'recorded', 'now'], rows)]),
  ].join('\n\n');
}

/** A bar would end the cell, in code too. */
function cell(text: string): string {
  return markdownCode(text).replaceAll('|', '\\|');
}
