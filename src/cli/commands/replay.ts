import { jsonPathError } from '../../core/base/jsonPath.js';
import type { ProbePlan } from '../../core/base/plan.js';
import type { RecordedConversation } from '../../core/record/conversations.js';
import type { Replay, ReplayOptions } from '../../core/tap/replay/replay.js';
import type { ReplayPace } from '../../core/tap/replay/replayTalk.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { runnableTarget } from '../problems.js';
import { connectionOf, readRecorded } from '../recordings.js';
import type { ReplaysHead, ReplayTeller } from '../replay/tellers.js';
import { inOrder } from '../run/inOrder.js';
import { RunProgress } from '../run/progress.js';
import { Tally } from '../run/tally.js';
import { withSecretsFile } from '../secrets.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.replay);

const PACES: readonly ReplayPace[] = ['reply', 'real', 'fast'];

export async function replayCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const values = await withSecretsFile(given, io);
  const [name, target, ...rest] = positionals;
  if (name === undefined || target === undefined || rest.length > 0)
    throw usageError(
      'replay wants a recording, and a URL or a profile',
      'wsprobe replay session.wsrec ws://localhost:8080/',
    );
  const pace = paceOf(values.pace);
  const ignore = values.ignore ?? [];
  for (const path of ignore) {
    const wrong = jsonPathError(path);
    if (wrong !== null) throw usageError(`--ignore ${path}: ${wrong}`, "--ignore '$.payload.total'");
  }
  const read = await readRecorded(name, io.cwd);
  const isAll = values.connection === 'all';
  if (values.concurrency !== undefined && !isAll)
    throw usageError('--concurrency is for --connection all', '--connection all');
  const concurrency = parseInteger('--concurrency', values.concurrency ?? '1', 1, 64);
  const chosen = isAll ? read.conversations : [connectionOf(read, name, values.connection) ?? read.conversations[0]!];
  if (chosen.every(({ end, facts, messages }) => messages.length === 0 && end === null && !isRefusal(facts)))
    throw usageError(`${name} holds nothing to compare: no whole message, and no end of a connection`);
  const resolved = await runnableTarget(target, values, io);
  if (resolved === null) return EXIT.usage;
  const hint =
    values.connection === undefined && read.conversations.length > 1
      ? [
          `The recording has ${read.conversations.length} connections: this is ${chosen[0]!.connection}, --connection chooses another, or all.`,
        ]
      : [];
  const replays = {
    conversations: chosen,
    plan: resolved.plan,
    concurrency,
    options: { recording: name, pace, ignore, normalise: values.exact !== true, host: io.host, remote: null },
    notes: [...read.notes, ...hint],
  };
  const { tellerFor } = await import('../replay/tellers.js');
  const teller = await tellerFor(values, io);
  const startedAt = new Date().toISOString();
  const connections = chosen.map(({ connection }) => connection);
  const head = { recording: name, target, file: resolved.file, connections, isAll, startedAt };
  const interrupt = onInterrupt(io);
  try {
    return await replayAll(replays, head, teller, interrupt.signal, io);
  } finally {
    interrupt.end();
    await teller.close();
  }
}

interface Replays {
  readonly conversations: readonly RecordedConversation[];
  readonly plan: ProbePlan;
  readonly concurrency: number;
  readonly options: Omit<ReplayOptions, 'signal' | 'notes'>;
  /** Of the recording: told once. */
  readonly notes: readonly string[];
}

/** Says each connection again and tells it, in order. Gives the exit code, the worst of them. */
async function replayAll(
  { concurrency, conversations, notes, options, plan }: Replays,
  head: ReplaysHead,
  teller: ReplayTeller,
  signal: AbortSignal,
  io: Io,
): Promise<number> {
  const { replay } = await import('../../core/tap/replay/replay.js');
  const { planForRecorded } = await import('../../core/tap/replay/recordedTarget.js');
  const { itemOf } = await import('../replay/tellers.js');
  const tally = new Tally();
  const startedMs = io.now();
  const count = conversations.length;
  const progress = new RunProgress(io, count, () => tally);
  try {
    await teller.begin(head);
    await inOrder({
      count,
      concurrency,
      goesOn: () => !signal.aborted,
      work: async (index) => {
        const conversation = conversations[index]!;
        const item = itemOf(head, conversation.connection);
        const own = head.isAll ? planForRecorded(plan, conversation) : { plan, notes: [] };
        const ownNotes = [...(index === 0 ? notes : []), ...own.notes];
        progress.started(item.label);
        const told = await replay(own.plan, conversation, { ...options, notes: ownNotes, signal });
        progress.finished(item.label);
        const exitCode = signal.aborted ? EXIT.interrupted : exitCodeFor(told);
        return { told, result: { item, report: told.report, exitCode, failedTries: [], line: null } };
      },
      emit: async ({ result, told }) => {
        tally.add(result);
        progress.clear();
        await teller.replayed(told, result);
      },
    });
    progress.end();
    const summary = tally.summary(count, io.now() - startedMs, signal.aborted);
    await teller.end(summary, signal.aborted);
    return summary.exitCode;
  } finally {
    progress.end();
  }
}

function paceOf(text = 'reply'): ReplayPace {
  const pace = PACES.find((known) => known === text);
  if (pace === undefined) throw usageError('--pace wants reply, real or fast');
  return pace;
}

function isRefusal({ response }: RecordedConversation['facts']): boolean {
  return (response?.status ?? 101) >= 300;
}

function exitCodeFor({ connected, same }: Replay): number {
  if (same) return EXIT.ok;
  return connected ? EXIT.failed : EXIT.noConnection;
}
