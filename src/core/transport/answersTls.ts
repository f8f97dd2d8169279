import { connect } from 'node:tls';
import type { Attempt } from '../base/model.js';
import type { Network } from './network.js';
import { failed, type Outcome, success, wait } from './outcome.js';

/** How a second look goes out, and how long it may take. */
export interface LookOptions {
  readonly network: Network;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/**
 * Asks an address that hung up on plain HTTP for TLS: one more connection to where we just were, nothing sent over it but the
 * hello. What tells "ws:// to a TLS port" from "the handler crashed". Gives what was answered in TLS.
 */
export function answersTls(
  { address, family, port }: Attempt,
  { network, signal, timeoutMs }: LookOptions,
): Promise<Outcome<string>> {
  return wait<string>(
    {
      phase: 'tls',
      timeoutMs,
      timeoutMessage: `No answer to the TLS hello within ${timeoutMs} ms.`,
      signal,
    },
    (settle) => {
      const socket = network.connect(address, family, port);
      const secured = connect({ socket, rejectUnauthorized: false });
      const refuse = ({ message }: Error) => settle(failed('tls', 'error', message));
      secured.once('secureConnect', () => settle(success(secured.getProtocol() ?? 'TLS')));
      // Even a refusal in TLS (an alert) is an answer in TLS.
      secured.on('error', (error) => (/alert/i.test(error.message) ? settle(success('TLS alert')) : refuse(error)));
      socket.on('error', refuse);
      return () => {
        secured.destroy();
        socket.destroy();
      };
    },
  );
}
