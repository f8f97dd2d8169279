import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../core/text/markdown.js';
import { plainText } from '../../core/base/plainText.js';
import type { JobKinds } from '../../protocol/jobs.js';

const MAX_SHOWN = 200;
/** Connections that are told in full. */
const MAX_TOLD = 20;

type Replay = JobKinds['replay']['result'];
type ReplayDifference = Replay['differences'][number];

/** A replay as a document: whether all is as it was recorded, each difference with its places, the rules. */
export function replayText(replay: Replay): string {
  const { connection, differences, expected, more, notes, received, recording, report, rules, same, sent, url } =
    replay;
  const count = differences.length + more;
  const verdict = verdictOf(replay, count);
  const [headline] = report.findings;
  const shown = differences.slice(0, MAX_SHOWN);
  const blocks = [
    `# ${vscode.l10n.t('{0}: {1}, connection {2}', verdict, markdownText(recording), connection)}`,
    `${markdownCode(url, 2_000)}  \n${vscode.l10n.t('{0} sent · {1} received · {2} expected · {3}', sent, received, expected, formatDuration(report.durationMs))}`,
    ...(same || count > 0 || headline === undefined
      ? []
      : [`**${markdownText(headline.title)}** ${markdownText(headline.explanation, 2_000)}`]),
    ...notes.map((note) => `> ${markdownText(note, 1_000)}`),
    ...shown.map(differenceText),
    count > shown.length ? vscode.l10n.t('{0} more are not shown.', count - shown.length) : '',
    [`## ${vscode.l10n.t('What counts as equal')}`, ...rules.map((rule) => `- ${markdownText(rule, 1_000)}`)].join(
      '\n',
    ),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Of several connections: how many are as recorded, how each is, and those that are not in full. */
export function replaysText(replays: readonly Replay[]): string {
  const same = replays.filter((each) => each.same).length;
  const rows = replays.slice(0, MAX_SHOWN).map((each) => {
    const verdict = verdictOf(each, each.differences.length + each.more);
    return [String(each.connection), markdownCode(each.url, 500).replaceAll('|', '\\|'), verdict];
  });
  const columns = [vscode.l10n.t('connection'), vscode.l10n.t('to'), vscode.l10n.t('verdict')];
  const left = replays.length - rows.length;
  const others = replays.filter((each) => !each.same).slice(0, MAX_TOLD);
  const blocks = [
    `# ${vscode.l10n.t('{0} of {1} connections as recorded', same, replays.length)}`,
    markdownTable(columns, rows),
    left > 0 ? vscode.l10n.t('{0} more are not shown.', left) : '',
    ...others.map(replayText),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function verdictOf({ connected, same }: Replay, count: number): string {
  if (same) return vscode.l10n.t('As recorded');
  if (count > 0) return vscode.l10n.t('{0} different', count);
  return connected ? vscode.l10n.t('Not through') : vscode.l10n.t('No connection');
}

function differenceText({ actual, expected, kind, number, paths }: ReplayDifference): string {
  const lines = [
    ...(expected === null ? [] : [`- ${plainText(expected, 400)}`]),
    ...(actual === null ? [] : [`+ ${plainText(actual, 400)}`]),
  ];
  const nothing = vscode.l10n.t('nothing');
  const rows = paths.map((place) => [place.path, place.expected ?? nothing, place.actual ?? nothing].map(cell));
  return [
    `## ${number === null ? kind : vscode.l10n.t('Message {0}: {1}', number, kind)}`,
    markdownBlock(lines.join('\n'), 'diff'),
    ...(rows.length === 0
      ? []
      : [markdownTable([vscode.l10n.t('where'), vscode.l10n.t('recorded'), vscode.l10n.t('now')], rows)]),
  ].join('\n\n');
}

/** A bar would end the cell, in code too. */
function cell(text: string): string {
  return markdownCode(text).replaceAll('|', '\\|');
}
