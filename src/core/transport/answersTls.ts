import { connect } from 'node:tls';
import type { Attempt } from '../base/model.js';
import type { Network } from './network.js';
import { success, wait } from './outcome.js';

const TIMEOUT_MS = 1_500;

/**
 * Whether an address that hung up on plain HTTP answers a TLS hello: one more connection to where we just were, nothing sent over
 * it but the hello. What tells "ws:// to a TLS port" from "the handler crashed".
 */
export async function answersTls(
  { address, family, port }: Attempt,
  network: Network,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const answered = await wait<boolean>(
    { phase: 'tls', timeoutMs: TIMEOUT_MS, timeoutMessage: 'No TLS.', signal },
    (settle) => {
      const socket = network.connect(address, family, port);
      const secured = connect({ socket, rejectUnauthorized: false });
      secured.once('secureConnect', () => settle(success(true)));
      // Even a refusal in TLS (an alert) is an answer in TLS.
      secured.on('error', (error) => settle(success(/alert/i.test(error.message))));
      socket.on('error', () => settle(success(false)));
      return () => {
        secured.destroy();
        socket.destroy();
      };
    },
  );
  return answered.ok && answered.value;
}
