import { basename } from 'node:path';
import { ProbeError } from '../../base/errors.js';
import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { readConversations } from '../../record/conversations.js';
import { openAnyRecording } from '../../record/openAny.js';
import { type Replay, replay } from './replay.js';
import type { ReplayPace } from './replayTalk.js';

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
