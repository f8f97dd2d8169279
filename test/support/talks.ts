import { EventEmitter, once } from 'node:events';
import type { Report } from '../../src/core/base/model.js';
import { Session } from '../../src/core/session/session.js';
import { KeptLog } from './keptLog.js';
import { planFor } from './plan.js';

export interface SessionTalk {
  readonly report: Report;
  readonly log: KeptLog;
}

/** A session from its beginning until it is closed, and its last report; `act` talks once it is open. */
export async function sessionTalk(
  url: string,
  overrides: Parameters<typeof planFor>[1] = {},
  act: (
    session: Session,
    until: (done: () => boolean) => Promise<void>,
    log: KeptLog,
  ) => Promise<void> = async () => {},
): Promise<SessionTalk> {
  const changes = new EventEmitter();
  const log = new KeptLog();
  const session = new Session({
    sessionId: 's1',
    plan: planFor(url, overrides),
    log,
    keepPayloadBytes: 1 << 20,
    vantage: { host: 'here', remote: null },
    random: () => 0,
    onChange: () => changes.emit('change'),
  });
  const until = async (done: () => boolean) => {
    while (!done()) await once(changes, 'change');
  };
  try {
    await session.open();
    await act(session, until, log);
    await until(() => session.state === 'closed');
    const { report } = session;
    if (!report) throw new Error('A closed session has a report.');
    return { report, log };
  } finally {
    session.dispose();
  }
}
