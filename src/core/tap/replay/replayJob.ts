import { basename } from 'node:path';
import { ProbeError } from '../../base/errors.js';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { readConversations } from '../../record/conversations.js';
import { openAnyRecording } from '../../record/openAny.js';
import { planForRecorded } from './recordedTarget.js';
import { type Replay, replay } from './replay.js';
import type { ReplayPace } from './replayTalk.js';

const MAX_PATH = 200;

export interface ReplayParams {
  readonly plan: ProbePlan;
  readonly vantage: Report['vantage'];
  /** The recording's path. */
  readonly file: string;
  /** Which connection of it; null: the first. */
  readonly connection: number | null;
  readonly pace: ReplayPace;
  readonly ignore: readonly string[];
}

/** A connection of a recording, as a choice of several shows it. */
export interface RecordedChoice {
  readonly connection: number;
  /** Without its query, which may hold credentials. */
  readonly path: string;
  readonly messages: number;
}

/** What there is to replay in a recording's file. */
export async function connectionsIn(file: string): Promise<readonly RecordedChoice[]> {
  const { conversations } = await readConversations(await openAnyRecording(file));
  return conversations.map(({ connection, facts, messages }) => {
    const [path = ''] = (facts.request?.target ?? facts.url).split(/[?#]/);
    return { connection, path: path.slice(0, MAX_PATH), messages: messages.length };
  });
}

/** Says each connection of a recording's file again, one after the other, until the signal ends it: gives those that were said. */
export async function replayEach(
  { file, ignore, pace, plan, vantage }: Omit<ReplayParams, 'connection'>,
  signal: AbortSignal,
): Promise<readonly Replay[]> {
  const { conversations, notes } = await readConversations(await openAnyRecording(file));
  const replays: Replay[] = [];
  for (const conversation of conversations) {
    if (signal.aborted) break;
    const own = planForRecorded(plan, conversation);
    const options = { recording: basename(file), pace, ignore, normalise: true, signal, ...vantage };
    const told = [...(replays.length === 0 ? notes : []), ...own.notes];
    replays.push(await replay(own.plan, conversation, { ...options, notes: told }));
  }
  return replays;
}

/** Says a recording's file again to a plan's server. Rejects where the file cannot be read, or has no such connection. */
export async function replayFile(params: ReplayParams, signal: AbortSignal): Promise<Replay> {
  const { connection, file, ignore, pace, plan, vantage } = params;
  const { conversations, notes } = await readConversations(await openAnyRecording(file));
  const chosen = connection === null ? conversations[0] : conversations.find((each) => each.connection === connection);
  if (chosen === undefined) {
    throw new ProbeError('replay.connection', `The recording has no connection ${connection ?? 1}.`);
  }
  return replay(plan, chosen, { recording: basename(file), pace, ignore, normalise: true, notes, signal, ...vantage });
}
