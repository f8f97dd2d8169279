import { EventEmitter, once } from 'node:events';
import type { Report } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { Session, type SessionSetup } from '../../../src/core/session/session.js';
import { KeptLog } from '../../support/keptLog.js';
import { type Case, planOf, type Scene } from './cases.js';

/** A live session with a server, and how to wait for what it does. */
export interface Talk {
  readonly session: Session;
  readonly log: KeptLog;
  /** The report of the opening. */
  readonly opened: Report;
  readonly until: (done: () => boolean) => Promise<void>;
}

/** Neither heartbeat nor reconnecting. */
export const CALM: ProbePlan['session'] = {
  heartbeat: null,
  reconnect: null,
  dialect: 'auto',
  autoPong: true,
  shareConnection: false,
};

export async function openSession(
  scene: Scene,
  row: Pick<Case, 'url' | 'plan'>,
  setup: Partial<SessionSetup> = {},
): Promise<Talk> {
  const changes = new EventEmitter();
  const log = new KeptLog();
  const session = new Session({
    sessionId: 'peer',
    plan: planOf(scene, row),
    log,
    keepPayloadBytes: 1 << 20,
    vantage: { host: 'here', remote: null },
    onChange: () => changes.emit('change'),
    ...setup,
  });
  const opened = await session.open();
  return {
    session,
    log,
    opened,
    until: async (done) => {
      while (!done()) await once(changes, 'change');
    },
  };
}
