import type { Socket } from 'node:net';
import { failed, failedWith, type Outcome, success, wait } from '../outcome.js';
import { isTlsAlert } from '../secure.js';
import type { TunnelOptions } from './tunnel.js';

/** The end of a proxy that a dialogue speaks to. */
export interface Peer {
  say(bytes: Uint8Array): void;
  /** From now on the proxy has this long to finish. */
  hurry(ms: number): void;
}

/** What is spoken with a proxy until the tunnel is open, one a protocol. */
export interface Dialogue {
  /** Said first. */
  readonly opening: Uint8Array | Promise<Outcome<Uint8Array>>;
  /** Takes what the proxy says, in any split. Null: more is needed. A success holds the bytes behind the answer: the tunnel's. */
  received(chunk: Buffer, peer: Peer): Outcome<Uint8Array> | null;
  /** What is certain already when the proxy breaks off or says no more; null: nothing. */
  verdict(): Outcome<never> | null;
}

type ConverseOptions = Pick<TunnelOptions, 'timeoutMs' | 'signal' | 'clock' | 'record'> & {
  /** What is left of `timeoutMs`. */
  readonly leftMs: number;
};

/**
 * Holds a dialogue over a connected stream of ours, within one deadline. The stream comes back with the tunnel's first bytes
 * unread in it, or is destroyed.
 */
export async function converse(stream: Socket, dialogue: Dialogue, options: ConverseOptions): Promise<Outcome<Socket>> {
  const { clock, leftMs, record, signal, timeoutMs } = options;
  const push = stream.push.bind(stream);
  let hurry: NodeJS.Timeout | undefined;
  let tunnelBytes: Uint8Array = new Uint8Array(0);
  const outcome = await wait<Socket>(
    { phase: 'proxy', timeoutMs: leftMs, timeoutMessage: `The proxy gave no answer within ${timeoutMs} ms.`, signal },
    (settle) => {
      let over = false;
      const peer: Peer = {
        say: (bytes) => {
          record.requestSentMs ??= clock();
          stream.write(bytes);
        },
        hurry: (ms) => {
          hurry ??= setTimeout(() => settle(failed('proxy', 'timeout', 'The proxy did not finish its answer.')), ms);
        },
      };
      const onError = (error: Error) => settle(failedWith('proxy', error, isTlsAlert(error) ? 'error' : 'reset'));
      const receive = (chunk: Buffer) => {
        record.firstByteMs ??= clock();
        if (record.requestSentMs === null) {
          settle(failed('proxy', 'malformed', 'The proxy spoke before it was asked.'));
          return;
        }
        const step = dialogue.received(chunk, peer);
        if (step || record.response) record.responseCompleteMs ??= clock();
        if (!step) return;
        if (step.ok) tunnelBytes = step.value;
        settle(step.ok ? success(stream) : step);
      };
      // Taken at the edge instead of by listening: the stream's own flow must be untouched when it is handed on.
      stream.push = (chunk: Buffer | null) => {
        if (chunk === null) settle(failed('proxy', 'end', endMessage(record.firstByteMs !== null)));
        else if (!over) receive(chunk);
        return true;
      };
      stream.on('error', onError);
      void Promise.resolve(dialogue.opening).then((opening) => {
        if (over) return;
        if (!('ok' in opening)) peer.say(opening);
        else if (opening.ok) peer.say(opening.value);
        else settle(opening);
      });
      return ({ ok }) => {
        over = true;
        clearTimeout(hurry);
        if (ok) {
          stream.off('error', onError);
          stream.push = push;
          if (tunnelBytes.length > 0) stream.unshift(tunnelBytes);
          return;
        }
        stream.destroy();
      };
    },
  );
  if (outcome.ok || outcome.failure.kind === 'cancelled') return outcome;
  const verdict = dialogue.verdict();
  if (verdict) return verdict;
  if (outcome.failure.kind !== 'timeout' || record.firstByteMs === null) return outcome;
  return failed('proxy', 'timeout', `The proxy had not finished its answer after ${timeoutMs} ms.`);
}

function endMessage(begun: boolean): string {
  return begun
    ? 'The proxy closed the connection (FIN) in the middle of its answer.'
    : 'The proxy closed the connection (FIN) before it had answered.';
}
