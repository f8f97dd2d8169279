import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { EngineClient } from '../../engine/client.js';
import type { JobKinds } from '../../protocol/jobs.js';
import { type PreparedPlan, refOf } from '../../protocol/prepared.js';
import { askTarget } from '../askTarget.js';
import type { CommandId } from '../contributions.js';
import type { Preparer } from '../prepare.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { RecentUrls } from '../recentUrls.js';
import { requireTrust } from '../refusals.js';
import { parseTarget, type Target } from '../target/targets.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { recordingFile, type RecordingSources } from './recordingFile.js';
import { replayText } from './replayText.js';

export interface ReplayParts extends RecordingSources {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly documents: VirtualDocuments;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
}

type Replay = JobKinds['replay']['result'];
type Settings = Pick<JobKinds['replay']['params'], 'connection' | 'pace' | 'ignore'>;

/** "Replay Recording…": with a recording and a target it asks nothing and gives the record; else it asks, and shows the differences. */
export async function runReplay(
  parts: ReplayParts,
  recording: unknown,
  argument: unknown,
  options: unknown,
): Promise<Replay | undefined> {
  requireTrust();
  // A menu of files gives the whole selection too.
  const target = Array.isArray(argument) ? undefined : argument;
  const settings = readSettings(options);
  const file = await recordingFile(recording, parts);
  if (!file) return undefined;
  try {
    if (target !== undefined) {
      const plan = await parts.preparer.prepare(parseTarget(target), { ask: false });
      return await start(parts, file.path, plan, settings, new AbortController().signal);
    }
    const chosen = await ask(parts);
    if (!chosen) return undefined;
    const plan = await parts.preparer.prepare(chosen, { ask: true });
    const replay = await withProgress(parts, file.path, plan, settings);
    const uri = parts.documents.add(`${vscode.l10n.t('Replay {0}', replay.recording)}.md`, replayText(replay));
    await vscode.commands.executeCommand('markdown.showPreview', uri);
    return replay;
  } finally {
    await file.dispose();
  }
}

async function ask({ index, recent }: ReplayParts): Promise<Target | undefined> {
  const target = await askTarget({ recentUrls: () => recent.list(), profiles: () => index.list() }, 'replay');
  if (target !== 'new-profile') return target;
  await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
  return undefined;
}

function withProgress(parts: ReplayParts, file: string, plan: PreparedPlan, settings: Settings): Thenable<Replay> {
  const title = vscode.l10n.t('Replaying to {0}', plan.name.replaceAll('](', '] ('));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    return start(parts, file, plan, settings, ending.signal);
  });
}

function start(
  { engine }: ReplayParts,
  file: string,
  plan: PreparedPlan,
  settings: Settings,
  signal: AbortSignal,
): Promise<Replay> {
  const vantage = { host: hostname(), remote: vscode.env.remoteName ?? null };
  return engine.start('replay', { plan: refOf(plan), vantage, file, ...settings }, { signal }).done;
}

function readSettings(options: unknown): Settings {
  const { connection = null, pace = 'reply', ignore = [] } = (options ?? {}) as Record<string, unknown>;
  const isConnection = connection === null || (Number.isSafeInteger(connection) && (connection as number) > 0);
  const isPace = pace === 'reply' || pace === 'real' || pace === 'fast';
  const isIgnore = Array.isArray(ignore) && ignore.every((path) => typeof path === 'string');
  if (isConnection && isPace && isIgnore) return { connection: connection as number | null, pace, ignore };
  throw new ProbeError(
    'replay.options',
    vscode.l10n.t('A replay takes { connection, pace: reply, real or fast, ignore: JSON paths }.'),
  );
}
