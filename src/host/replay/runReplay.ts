import { hostname } from 'node:os';
import { basename } from 'node:path';
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
import { replaysText, replayText } from './replayText.js';

export interface ReplayParts extends RecordingSources {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly documents: VirtualDocuments;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
}

type Replay = JobKinds['replay']['result'];
/** `all`: every connection, each to its own path. */
type Settings = Pick<JobKinds['replay']['params'], 'pace' | 'ignore'> & { readonly connection: number | 'all' | null };

/** What a recording of several connections came to. */
interface Replays {
  readonly schema: 'wsprobe.replays/1';
  readonly recording: string;
  readonly replays: readonly Replay[];
}

/** "Replay Recording…": with a recording and a target it asks nothing and gives the record; else it asks, and shows the differences. */
export async function runReplay(
  parts: ReplayParts,
  recording: unknown,
  argument: unknown,
  options: unknown,
): Promise<Replay | Replays | undefined> {
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
    const connection = settings.connection ?? (await askConnection(parts, file.path));
    const chosen = connection === undefined ? undefined : await ask(parts);
    if (!chosen || connection === undefined) return undefined;
    const plan = await parts.preparer.prepare(chosen, { ask: true });
    const replay = await withProgress(parts, file.path, plan, { ...settings, connection });
    const text = 'replays' in replay ? replaysText(replay.replays) : replayText(replay);
    const uri = parts.documents.add(`${vscode.l10n.t('Replay {0}', replay.recording)}.md`, text);
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

/** Of a recording with several connections a person chooses one, or all; undefined: they turned away. */
async function askConnection({ engine }: ReplayParts, file: string): Promise<Settings['connection'] | undefined> {
  const known = await engine.start('replay.connections', { file }).done;
  if (known.length < 2) return null;
  const all = { label: vscode.l10n.t('All {0} connections', known.length), connection: 'all' as const };
  const items = known.map(({ connection, messages, path }) => ({
    label: `${connection} ${path}`,
    description: vscode.l10n.t('{0} messages', messages),
    connection,
  }));
  const title = vscode.l10n.t('Replay which connection?');
  return (await vscode.window.showQuickPick([all, ...items], { title }))?.connection;
}

function withProgress(
  parts: ReplayParts,
  file: string,
  plan: PreparedPlan,
  settings: Settings,
): Thenable<Replay | Replays> {
  const title = vscode.l10n.t('Replaying to {0}', plan.name.replaceAll('](', '] ('));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => {
    const ending = new AbortController();
    token.onCancellationRequested(() => ending.abort());
    return start(parts, file, plan, settings, ending.signal);
  });
}

async function start(
  { engine }: ReplayParts,
  file: string,
  plan: PreparedPlan,
  { connection, ...settings }: Settings,
  signal: AbortSignal,
): Promise<Replay | Replays> {
  const vantage = { host: hostname(), remote: vscode.env.remoteName ?? null };
  const params = { plan: refOf(plan), vantage, file, ...settings };
  if (connection !== 'all') return engine.start('replay', { ...params, connection }, { signal }).done;
  const replays = await engine.start('replay.each', params, { signal }).done;
  return { schema: 'wsprobe.replays/1', recording: basename(file), replays };
}

function readSettings(options: unknown): Settings {
  const { connection = null, pace = 'reply', ignore = [] } = (options ?? {}) as Record<string, unknown>;
  const isConnection =
    connection === null || connection === 'all' || (Number.isSafeInteger(connection) && (connection as number) > 0);
  const isPace = pace === 'reply' || pace === 'real' || pace === 'fast';
  const isIgnore = Array.isArray(ignore) && ignore.every((path) => typeof path === 'string');
  if (isConnection && isPace && isIgnore) return { connection: connection as Settings['connection'], pace, ignore };
  throw new ProbeError(
    'replay.options',
    vscode.l10n.t('A replay takes { connection: its number or all, pace: reply, real or fast, ignore: JSON paths }.'),
  );
}
