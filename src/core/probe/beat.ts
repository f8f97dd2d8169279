import type { Failure } from '../base/evidence.js';
import { encodePayload } from '../payload/encodePayload.js';
import { failed } from '../transport/outcome.js';
import { Heartbeat } from '../run/heartbeat.js';
import { say } from './say.js';
import type { HoldBeat, PingProbe, TalkOptions } from './talk.js';

/** The heartbeat of the profile (`session.heartbeat`) while a probe holds or runs its steps; null where it has none, or none that may be sent. */
export function beatOf(options: TalkOptions, ping: PingProbe): PlanBeat | null {
  const { clock, plan, socket } = options;
  const { heartbeat } = plan.session;
  if (!heartbeat || (heartbeat.send === 'ping' && plan.expect.ping === false)) return null;
  const { everyMs, send, timeoutMs } = heartbeat;
  const sayBeat = async () => {
    const encoded = await encodePayload(send, { baseDir: plan.baseDir, variables: plan.variables });
    if (socket.readyState === socket.OPEN) say(options, encoded);
  };
  return new PlanBeat(send === 'ping', (onMissed) => {
    const fail = (message: string) => onMissed(failed('message', 'timeout', message, 'heartbeat.missed').failure);
    return new Heartbeat({
      everyMs,
      timeoutMs,
      clock,
      bufferedBytes: () => socket.bufferedAmount,
      beat: () => {
        if (send === 'ping') ping.send(socket, clock);
        else sayBeat().catch(({ message }: Error) => fail(`The heartbeat could not be sent: ${message}`));
      },
      onMissed: () => fail(`No answer to the heartbeat within ${timeoutMs} ms.`),
    });
  });
}

/** Beats with pings, which pongs answer, or with messages, which any message answers. */
export class PlanBeat implements HoldBeat {
  readonly #pings: boolean;
  readonly #begin: (onMissed: (failure: Failure) => void) => Heartbeat;
  #heartbeat: Heartbeat | null = null;

  constructor(pings: boolean, begin: (onMissed: (failure: Failure) => void) => Heartbeat) {
    this.#pings = pings;
    this.#begin = begin;
  }

  start(onMissed: (failure: Failure) => void): void {
    this.#heartbeat = this.#begin(onMissed);
  }

  onPong(): void {
    if (this.#pings) this.#heartbeat?.answered();
  }

  onMessage(): void {
    if (!this.#pings) this.#heartbeat?.answered();
  }

  stop(): void {
    this.#heartbeat?.stop();
    this.#heartbeat = null;
  }
}
