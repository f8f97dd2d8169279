import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { Experiment, ExperimentName } from '../../core/base/experiment.js';
import type { ExperimentSettings } from '../../core/base/experimentFacts.js';
import type { Report } from '../../core/base/model.js';
import { plainText } from '../../core/base/plainText.js';
import { formatDuration } from '../../core/text/durations.js';
import type { EngineClient, Job, JobOptions } from '../../engine/client.js';
import { type PreparedPlan, refOf } from '../../protocol/prepared.js';
import { askTarget } from '../askTarget.js';
import type { CommandId } from '../contributions.js';
import type { Preparer } from '../prepare.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { RecentUrls } from '../recentUrls.js';
import { parseTarget, type Target } from '../target/targets.js';
import type { History } from '../history.js';
import { storeTarget } from '../target/storedTarget.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { askSettings, mayOpen } from './askSettings.js';
import { chooseExperiment, type LabName, readExperiment } from './experiments.js';
import { experimentText } from './experimentText.js';
import { readSettings } from './settings.js';

export interface LabParts {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly documents: VirtualDocuments;
  readonly history: Pick<History, 'put'>;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
  /** The one that is told by a report, in the inspector. */
  readonly handshake: (target: unknown, options: unknown) => Promise<Report | undefined>;
}

/** "Run Experiment…": with a name and a target it asks nothing and gives the record; else it asks, and shows what was found. */
export async function runLab(
  parts: LabParts,
  name: unknown,
  argument: unknown,
  options: unknown,
): Promise<Experiment | Report | undefined> {
  const chosen = name === undefined ? await chooseExperiment() : readExperiment(name);
  if (chosen === undefined) return undefined;
  if (chosen === 'handshake') return parts.handshake(argument, options);
  if (name !== undefined && argument !== undefined) {
    const settings = readSettings(options);
    const plan = await parts.preparer.prepare(parseTarget(argument), { ask: false });
    return kept(parts, parseTarget(argument), await start(parts, chosen, plan, settings).done);
  }
  return runAndShow(parts, chosen, argument);
}

/** From a menu: on a profile, for a person who watches. */
export async function runLabOn(parts: LabParts, target: unknown): Promise<void> {
  const chosen: LabName | undefined = await chooseExperiment();
  if (chosen === 'handshake') await parts.handshake(target, undefined);
  else if (chosen !== undefined) await runAndShow(parts, chosen, target);
}

async function runAndShow(parts: LabParts, name: ExperimentName, argument: unknown): Promise<Experiment | undefined> {
  const target = argument === undefined ? await ask(parts) : parseTarget(argument);
  const settings = target && (await askSettings(name));
  if (!settings) return undefined;
  const plan = await parts.preparer.prepare(target, { ask: true });
  if (!(await mayOpen(settings, plan))) return undefined;
  const record = await kept(parts, target, await withProgress(parts, name, plan, settings));
  const uri = parts.documents.add(`${name} ${record.name}.md`, experimentText(record, vscode.l10n));
  await vscode.commands.executeCommand('markdown.showPreview', uri);
  return record;
}

/** In the history, with the verdict that its rows are told by. */
async function kept({ history }: LabParts, target: Target, record: Experiment): Promise<Experiment> {
  const { conclusion, durationMs, experiment, name, startedAt, url, verdict } = record;
  const told = { pass: 'healthy', warn: 'degraded', fail: 'down' } as const;
  const stored = storeTarget({ target, url, readOnly: false });
  const about = { name, url, startedAt, durationMs, headline: conclusion, target: stored, verdict: told[verdict] };
  // What cannot be kept is no reason not to show it.
  await history.put(randomUUID(), { ...about, kind: 'experiment', experiment }, record).catch(() => null);
  return record;
}

async function ask({ index, recent }: LabParts): Promise<Target | undefined> {
  const sources = { recentUrls: () => recent.list(), profiles: () => index.list() };
  const target = await askTarget(sources, 'experiment');
  if (target !== 'new-profile') return target;
  await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
  return undefined;
}

/** Cancelled, it gives what was found by then. */
async function withProgress(
  parts: LabParts,
  name: ExperimentName,
  plan: PreparedPlan,
  settings: ExperimentSettings,
): Promise<Experiment> {
  const title = vscode.l10n.t('Experiment "{0}": {1}', name, plan.name.replaceAll('](', '] ('));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const job = start(parts, name, plan, settings, ({ elapsedMs, failed, note, open, opened }) => {
      const counts = [
        formatDuration(elapsedMs),
        vscode.l10n.t('{0} opened, {1} open', opened, open),
        ...(failed > 0 ? [vscode.l10n.t('{0} failed', failed)] : []),
        plainText(note, 200).replaceAll('](', '] ('),
      ];
      progress.report({ message: counts.filter((part) => part !== '').join(', ') });
    });
    // It may have ended in that moment.
    token.onCancellationRequested(() => void job.act('stop').catch(() => undefined));
    return job.done;
  });
}

function start(
  { engine }: LabParts,
  experiment: ExperimentName,
  plan: PreparedPlan,
  settings: ExperimentSettings,
  onEvent?: JobOptions<'lab.experiment'>['onEvent'],
): Job<'lab.experiment'> {
  const vantage = { host: hostname(), remote: vscode.env.remoteName ?? null };
  const params = { plan: refOf(plan), vantage, experiment, settings };
  return engine.start('lab.experiment', params, onEvent ? { onEvent } : {});
}
