import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Experiment } from '../../core/base/experiment.js';
import type { Report } from '../../core/base/model.js';
import { FACT_RULES } from '../../core/compare/facts.js';
import type { Comparison } from '../../core/compare/model.js';
import { compareExperiments, compareWatches } from '../../core/compare/records.js';
import { compareReports } from '../../core/compare/reports.js';
import { TIMING_RULE } from '../../core/compare/timings.js';
import { wantsNoInspector } from '../arguments.js';
import type { History, HistoryEntry, HistoryKind } from '../history.js';
import { experimentText } from '../lab/experimentText.js';
import { ProbeTarget } from '../target/probeTarget.js';
import { parseTarget } from '../target/targets.js';
import { storeTarget } from '../target/storedTarget.js';
import { formatTime, verdictWord } from '../verdicts.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import type { WatchCommands } from '../watch/watchCommands.js';
import { Watched, type WatchSummary } from '../watch/watched.js';
import { watchText } from '../watch/watchText.js';
import { compareText } from './compareText.js';

export interface CompareParts {
  readonly history: History;
  readonly documents: VirtualDocuments;
  readonly watch: () => Promise<Pick<WatchCommands, 'reports'>>;
}

/** "Compare with the Last Healthy One": what is not as it was. With an argument it asks nothing, and gives what changed. */
export async function compare(
  parts: CompareParts,
  argument: unknown,
  options: unknown,
): Promise<Comparison | undefined> {
  const comparison = await comparisonOf(parts, argument);
  if (comparison && !wantsNoInspector(options)) {
    const text = compareText(comparison, [TIMING_RULE, ...FACT_RULES], vscode.l10n);
    await vscode.commands.executeCommand('markdown.showPreview', parts.documents.add('compared.md', text));
  }
  return comparison;
}

/** Shows what was kept of an experiment or a watch. */
export async function openRecord({ documents, history }: CompareParts, entry: HistoryEntry): Promise<void> {
  const text = entry.kind === 'experiment' ? await experimentIn(history, entry) : await watchIn(history, entry);
  if (text === null) throw gone();
  await vscode.commands.executeCommand('markdown.showPreview', documents.add(`${entry.name}.md`, text));
}

async function experimentIn(history: History, { id }: HistoryEntry): Promise<string | null> {
  const record = await history.read<Experiment>(id);
  return record && experimentText(record, vscode.l10n);
}

async function watchIn(history: History, { id, name, url }: HistoryEntry): Promise<string | null> {
  const summary = await history.read<WatchSummary>(id);
  return summary && watchText({ name, url, summary }, vscode.l10n);
}

/** "Find in History…": every entry, found by any of its words. */
export async function findEntry({ history }: Pick<CompareParts, 'history'>): Promise<HistoryEntry | undefined> {
  const items = history.entries().map((entry) => ({
    label: entry.name,
    description: [kindWord(entry), verdictWord(entry.verdict), formatTime(entry.startedAt)].join(' · '),
    detail: [entry.url, entry.headline].filter(Boolean).join(' · '),
    entry,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing is in the history yet.'));
    return undefined;
  }
  const title = vscode.l10n.t('Find in the history');
  const found = { title, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, found))?.entry;
}

async function comparisonOf(parts: CompareParts, argument: unknown): Promise<Comparison | undefined> {
  const { history } = parts;
  if (argument instanceof Watched) return ofWatched(parts, argument);
  if (argument instanceof ProbeTarget) return ofSubject(history, argument);
  const entry = argument === undefined ? await findEntry(parts) : entryOf(history, argument);
  return entry && ofEntry(history, entry);
}

/** An entry, its id, or the latest of a target. */
function entryOf(history: History, argument: unknown): HistoryEntry {
  const known = history.entries().find(({ id }) => id === argument || id === (argument as { id?: unknown } | null)?.id);
  if (known) return known;
  const wanted = storeTarget(new ProbeTarget(parseTarget(argument)));
  const latest =
    wanted && history.entries().find(({ kind = 'probe', target }) => kind === 'probe' && isSame(target, wanted));
  if (!latest) throw gone();
  return latest;
}

async function ofSubject(history: History, subject: ProbeTarget): Promise<Comparison> {
  const { report } = subject.run;
  if (!report) throw new ProbeError('report.none', vscode.l10n.t('There is no report yet.'));
  const about = { name: subject.name, url: subject.url, target: storeTarget(subject) };
  const before = healthyBefore(history, about, ['probe', 'session'], report.startedAt);
  return compareReports(titleOf(report.name, before.startedAt, report), await read(history, before), report);
}

async function ofEntry(history: History, entry: HistoryEntry): Promise<Comparison> {
  const { experiment, kind = 'probe', name, startedAt } = entry;
  const kinds: readonly HistoryKind[] = kind === 'probe' || kind === 'session' ? ['probe', 'session'] : [kind];
  const before = healthyBefore(history, entry, kinds, startedAt, experiment);
  const [was, is] = await Promise.all([read(history, before), read(history, entry)]);
  const title = titleOf(name, before.startedAt, entry);
  if (kind === 'experiment') return compareExperiments(title, was, is);
  if (kind === 'watch') return compareWatches(title, was as WatchSummary, is as WatchSummary);
  return compareReports(title, was, is);
}

/** What runs now: its last look beside its last healthy one, of this watch or, where that never was, of the history. */
async function ofWatched({ history, watch }: CompareParts, watched: Watched): Promise<Comparison> {
  const reports = await (await watch()).reports(watched);
  const last = reports.at(-1);
  if (!last) throw new ProbeError('report.none', vscode.l10n.t('There is no report yet.'));
  const healthy = reports.slice(0, -1).findLast(({ verdict }) => verdict === 'healthy');
  const target = watched.file === null ? { url: watched.url } : { file: watched.file };
  const about = { name: watched.name, url: watched.url, target };
  const before: Report =
    healthy ?? ((await read(history, healthyBefore(history, about, ['probe', 'session'], last.startedAt))) as Report);
  return compareReports(titleOf(watched.name, before.startedAt, last), before, last);
}

function healthyBefore(
  history: History,
  about: Pick<HistoryEntry, 'name' | 'url' | 'target'>,
  kinds: readonly HistoryKind[],
  startedAt: string,
  experiment?: string,
): HistoryEntry {
  const found = history.entries().find((entry) => {
    const { kind = 'probe', target, verdict } = entry;
    const isOf = about.target ? isSame(target, about.target) : entry.url === about.url && entry.name === about.name;
    const isBefore = Date.parse(entry.startedAt) < Date.parse(startedAt);
    return verdict === 'healthy' && isOf && isBefore && kinds.includes(kind) && entry.experiment === experiment;
  });
  if (found) return found;
  throw new ProbeError(
    'compare.none',
    vscode.l10n.t('Nothing healthy from before is in the history of "{0}".', about.name),
    {
      hint: vscode.l10n.t('What is healthy from now on is compared with.'),
    },
  );
}

async function read(history: History, { id }: HistoryEntry): Promise<unknown> {
  const record = await history.read<unknown>(id);
  if (record === null) throw gone();
  return record;
}

function isSame(a: HistoryEntry['target'], b: HistoryEntry['target']): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}

function titleOf(
  name: string,
  healthyAt: string,
  { startedAt, verdict }: Pick<HistoryEntry, 'startedAt' | 'verdict'>,
): string {
  return vscode.l10n.t(
    '{0}: {1} ({2}), when healthy at {3}',
    name,
    formatTime(startedAt),
    verdictWord(verdict),
    formatTime(healthyAt),
  );
}

function kindWord({ experiment, kind = 'probe' }: HistoryEntry): string {
  switch (kind) {
    case 'probe':
      return vscode.l10n.t('probe');
    case 'session':
      return vscode.l10n.t('session');
    case 'watch':
      return vscode.l10n.t('watch');
    case 'experiment':
      return vscode.l10n.t('experiment {0}', experiment ?? '');
  }
}

function gone(): ProbeError {
  return new ProbeError('history.unknown', vscode.l10n.t('This report is no longer in the history.'));
}
