import type { Attempt } from '../base/model.js';
import type { LookOptions } from './answersTls.js';
import { failed, type Outcome, success, wait } from './outcome.js';

/** Whether anybody takes a connection there; nothing is sent over it. */
export function takesTcp(
  { address, family, port }: Pick<Attempt, 'address' | 'family' | 'port'>,
  { network, signal, timeoutMs }: LookOptions,
): Promise<Outcome<string>> {
  return wait<string>(
    { phase: 'tcp', timeoutMs, timeoutMessage: `No connection within ${timeoutMs} ms.`, signal },
    (settle) => {
      const socket = network.connect(address, family, port);
      socket.once('connect', () => settle(success('connected')));
      socket.on('error', ({ message }) => settle(failed('tcp', 'error', message)));
      return () => socket.destroy();
    },
  );
}
