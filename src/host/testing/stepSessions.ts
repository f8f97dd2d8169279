import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { StepResult } from '../../core/base/model.js';
import type { SessionRun } from '../../core/language/testOutcomes.js';
import { activeProfile } from '../arguments.js';
import { type ShowParts, showWhenReady } from '../inspector/showWhenReady.js';
import type { Probes } from '../probes.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';
import type { Sessions } from '../sessions/sessions.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import { parseTarget } from '../target/targets.js';

export interface StepSessionParts extends ShowParts {
  readonly sessions: Sessions;
  readonly probes: Probes;
}

const LAST_STEP = 10_000;

/**
 * Runs the steps of a profile in its session, which the inspector shows and which stays where they end: after the step `to`,
 * counted from 1, or at the one that failed. They begin on a connection of their own, as in a probe. Undefined where the
 * inspector shows already why it could not begin.
 */
export async function runSteps(
  parts: StepSessionParts,
  uri: vscode.Uri,
  to = LAST_STEP,
  token?: vscode.CancellationToken,
): Promise<SessionRun | undefined> {
  const { sessions, probes } = parts;
  const subject = probes.get({ kind: 'file', uri });
  const session = await showWhenReady(subject, parts, (onReady) => connectAnew(parts, subject, onReady));
  if (!session) return undefined;
  const { report } = subject.run;
  const { isLive } = session;
  if (!isLive || token?.isCancellationRequested || session.snapshot.steps === undefined) {
    return { report, isOpen: isLive, rows: [] };
  }
  const stopping = token?.onCancellationRequested(() => void sessions.request(session, 'sessionStopSteps', {}));
  try {
    return { report, isOpen: true, rows: await sessions.request(session, 'sessionSteps', { from: 1, to }) };
  } finally {
    stopping?.dispose();
  }
}

/** From a lens, or by code with the number of the last step. Gives a row for each step. */
export async function runStepsOf(
  parts: StepSessionParts,
  argument: unknown,
  to: unknown,
): Promise<readonly StepResult[] | undefined> {
  const target = parseTarget(argument ?? activeProfile());
  if (target.kind !== 'file') {
    throw new ProbeError('target.invalid', vscode.l10n.t('Steps are those of a .wsprobe file.'));
  }
  if (to !== undefined && !(typeof to === 'number' && Number.isInteger(to) && to >= 1 && to <= LAST_STEP)) {
    throw new ProbeError('steps.invalid', vscode.l10n.t('A step is a number from 1 to {0}.', LAST_STEP));
  }
  return (await runSteps(parts, target.uri, to))?.rows;
}

async function connectAnew(
  { sessions }: StepSessionParts,
  subject: ProbeTarget,
  onReady: () => void,
): Promise<SessionHandle> {
  const { handle } = subject.session;
  if (handle?.isLive) await end(sessions, handle);
  return sessions.connect(subject, { ask: true, onReady });
}

async function end(sessions: Sessions, session: SessionHandle): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    const listener = sessions.onDidChange((changed) => {
      if (changed !== session || session.isLive) return;
      listener.dispose();
      resolve();
    });
  });
  await sessions.request(session, 'sessionTerminate', {});
  await ended;
}
