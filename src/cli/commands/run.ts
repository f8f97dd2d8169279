import { runProbe } from '../../core/probe/runProbe.js';
import type { ProbeError } from '../../core/base/errors.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { idleConnection } from '../effects.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { tracerFor } from '../otlp.js';
import { lengthOf } from '../render/text.js';
import { chooseReporters, openReporters } from '../reporters/choose.js';
import type { Reporter, RunHead } from '../reporters/reporter.js';
import { inOrder } from '../run/inOrder.js';
import { titleOf } from '../run/item.js';
import { RunProgress } from '../run/progress.js';
import { runItem, type RunSettings } from '../run/runItem.js';
import { parseGrep, select, type Selection } from '../run/select.js';
import { Tally } from '../run/tally.js';
import { withSecretsFile } from '../secrets.js';
import { isReadOnce } from '../pipedFile.js';
import { checkOptions, resolveTarget } from '../target.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.run);

export async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values: given, positionals } = parseOptions(argv, OPTIONS);
  const { env: environments = [], ...values } = await withSecretsFile(given, io);
  if (positionals.length === 0) throw usageError('run wants files, folders or URLs', 'wsprobe run examples');
  const chosen = chooseReporters(values, io.cwd);
  const concurrency = parseInteger('--concurrency', values.concurrency ?? '4', 1, 64);
  const repeat = parseInteger('--repeat', values.repeat ?? '1', 1, 1000);
  const retry = parseInteger('--retry', values.retry ?? '0', 0, 100);
  const grep = values.grep === undefined ? null : parseGrep(values.grep);
  checkOptions(values, io.cwd);
  const tracer = await tracerFor(values, io);
  const settings = {
    values,
    strict: values.strict === true,
    noColor: values['no-color'] === true,
    retry,
    probe: tracer?.probe ?? runProbe,
  };

  const interrupt = onInterrupt(io);
  try {
    const asked = [...new Set(environments)];
    const selection = await select(positionals, io.cwd, { environments: asked, repeat, grep });
    await refuseIdleOptions(selection, values, io);
    const { reporter, close } = await openReporters(chosen, values, io);
    const run = { selection, settings, concurrency, bail: values.bail === true, reporter };
    const head = headOf(selection, repeat, asked, io);
    try {
      return await runAll(run, head, interrupt.signal, io);
    } finally {
      await tracer?.end();
      await close();
    }
  } finally {
    interrupt.end();
  }
}

/** Before anything is sent. One that cannot be resolved is told in the run, and may be what an option is for. */
async function refuseIdleOptions(
  { titles }: Selection,
  values: RunSettings['values'],
  { cwd, env }: Io,
): Promise<void> {
  if (idleConnection(values, [], 'probe') === null) return;
  const plans: ProbePlan[] = [];
  let idle: ProbeError | null = null;
  for (const { environment, target, unreadable } of titles) {
    if (unreadable !== null || isReadOnce(target)) return;
    const chosen = environment === null ? values : { ...values, env: environment };
    const plan = await resolveTarget(target, chosen, { cwd, env }).then(
      (resolved) => resolved.plan,
      () => null,
    );
    if (plan === null) return;
    plans.push(plan);
    idle = idleConnection(values, plans, 'probe');
    if (idle === null) return;
  }
  if (idle !== null) throw idle;
}

function headOf(selection: Selection, repeat: number, environments: readonly string[], io: Io): RunHead {
  return {
    total: selection.count,
    repeat,
    environments: environments.length === 0 ? [null] : environments,
    titleColumns: [...selection.titles].reduce((most, item) => Math.max(most, lengthOf(titleOf(item, repeat))), 0),
    startedAt: new Date().toISOString(),
    host: io.host,
  };
}

interface Run {
  readonly selection: Selection;
  readonly settings: RunSettings;
  readonly concurrency: number;
  readonly bail: boolean;
  readonly reporter: Reporter;
}

/** The exit code. What an interrupted run has done is reported like a whole one. */
async function runAll(run: Run, head: RunHead, signal: AbortSignal, io: Io): Promise<number> {
  const { bail, concurrency, reporter, selection, settings } = run;
  const { count } = selection;
  const startedMs = io.now();
  const tally = new Tally();
  const progress = new RunProgress(io, count, () => tally);
  let hasFailed = false;
  try {
    await reporter.begin(head);
    const started = await inOrder({
      count,
      concurrency,
      goesOn: () => !signal.aborted && !(bail && hasFailed),
      work: async (index) => {
        const item = selection.at(index);
        const title = titleOf(item, head.repeat);
        progress.started(title);
        const result = await runItem(item, settings, signal, io);
        progress.finished(title);
        if (result.exitCode !== EXIT.ok) hasFailed = true;
        return result;
      },
      emit: async (result) => {
        tally.add(result);
        progress.clear();
        await reporter.result(result);
      },
    });
    progress.end();
    const summary = tally.summary(count, io.now() - startedMs, signal.aborted);
    await reporter.end({ summary, interrupted: signal.aborted, notRun: itemsFrom(selection, started) });
    return summary.exitCode;
  } finally {
    progress.end();
  }
}

function* itemsFrom(selection: Selection, first: number) {
  for (let index = first; index < selection.count; index++) yield selection.at(index);
}
