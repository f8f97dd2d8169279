import type { Look, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import type { ConnectionRun } from '../run/connectionRun.js';
import { placeOf, statusLine } from '../run/looks.js';
import type { Run, Told } from '../run/run.js';
import type { Script } from './script.js';

/**
 * The report of a run whose connection has ended. Where it ended right after our ping it is held once more without one: what holds
 * then is what is reported, and the ping is told as the cause.
 */
export async function reportHeld(run: Run<Script>, first: Script): Promise<Report> {
  const { ping } = first.told;
  const began = run.current?.connection;
  const atMs = began?.clock() ?? 0;
  const again = ping?.end ? await run.again('no-ping', withoutPing) : null;
  if (!again || !ping || !began?.reached) return run.report(first.told);
  const { connection, failure, talker } = again;
  if (failure) talker.refused(failure);
  else await talker.run();
  const second = talker.told;
  const ended = second.failure && second.failure.phase !== 'close' ? second.failure : null;
  const withoutIt = failure || ended?.kind === 'cancelled' ? null : ended ? 'ended' : 'held';
  run.looks.push({ reason: 'no-ping', atMs, address: placeOf(began.reached), ...seen(connection, second) });
  return withoutIt === 'held'
    ? run.report({ ...second, ping: { ...ping, withoutIt } }, connection)
    : run.report({ ...first.told, ping: { ...ping, withoutIt } }, began);
}

function seen(
  { connection, openMs }: ConnectionRun,
  { failure, heldMs }: Told,
): Omit<Look, 'reason' | 'atMs' | 'address'> {
  const { request, response } = connection.handshake.record;
  const asked = request && `${request.method} ${request.target} HTTP/${request.httpVersion}`;
  const line = response && statusLine(response);
  if (openMs === null) return { request: asked, response: line, error: failure?.message ?? 'It did not open.' };
  const ended = failure && failure.phase !== 'close';
  const outcome = ended ? failure.message : `held ${Math.round(heldMs ?? 0)} ms without a ping`;
  return { request: asked, response: `${line}; ${outcome}`, error: null };
}

function withoutPing(plan: ProbePlan): ProbePlan {
  return { ...plan, expect: { ...plan.expect, ping: false } };
}
