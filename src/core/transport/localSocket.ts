import { connect, type Socket } from 'node:net';
import { failedWith, type Outcome, success, wait } from './outcome.js';

/** Connects to a socket of this machine's file system, or a named pipe: there is no address to look up, and none to guard. */
export function connectLocal(
  path: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<Outcome<Socket>> {
  const timeoutMessage = `No connection within ${timeoutMs} ms.`;
  return wait<Socket>({ phase: 'tcp', timeoutMs, timeoutMessage, signal }, (settle) => {
    const socket = connect({ path });
    const onConnect = () => settle(success(socket));
    const onError = (error: Error) => settle(failedWith('tcp', error));
    socket.once('connect', onConnect).once('error', onError);
    return (outcome) => {
      socket.off('connect', onConnect);
      if (outcome.ok) {
        socket.off('error', onError);
        return;
      }
      // It may still fail: nobody is listening by then.
      socket.on('error', () => {});
      socket.destroy();
    };
  });
}
