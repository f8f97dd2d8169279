import type { ProbeProgress, Report, Variation } from '../core/base/model.js';
import type { ToolCall, ToolWorld } from '../core/tools/callTool.js';
import { McpSessions } from './sessions.js';
import { type TargetOptions, Targets } from './targets.js';

export interface WorldOptions extends TargetOptions {
  /** Name of this machine. */
  readonly host: string;
  /** How long a session may be forgotten. */
  readonly idleMs?: number;
}

/** Clients of the protocol wait for a minute. */
const CURE_LIMITS = { variations: 24, totalMs: 45_000 };

/** What the tools of a server act upon. */
export class McpWorld implements ToolWorld {
  readonly #targets: Targets;
  readonly #sessions: McpSessions;
  readonly #vantage: Report['vantage'];

  constructor(options: WorldOptions) {
    this.#targets = new Targets(options);
    this.#vantage = { host: options.host, remote: null };
    this.#sessions = new McpSessions(this.#vantage, options.idleMs);
  }

  readonly probe: ToolWorld['probe'] = async (target, call) => {
    const { runProbe } = await import('../core/probe/runProbe.js');
    return runProbe(await this.#targets.planOf(target), {
      ...this.#vantage,
      signal: call.signal,
      onProgress: phaseTeller(call),
    });
  };

  readonly findCure: ToolWorld['findCure'] = async (target, call) => {
    const onVariation = ({ change, passed }: Variation) => call.onProgress(`${passed ? 'passes' : 'fails'}: ${change}`);
    const options = { ...this.#vantage, signal: call.signal, onVariation };
    const { runDifferential } = await import('../core/lab/differential.js');
    return runDifferential(await this.#targets.planOf(target), options, CURE_LIMITS);
  };

  readonly connect: ToolWorld['connect'] = async (target, call) => {
    return this.#sessions.open(await this.#targets.planOf(target), call);
  };

  readonly send: ToolWorld['send'] = (sessionId, message) => this.#sessions.send(sessionId, message);

  readonly readRows: ToolWorld['readRows'] = (sessionId, asked, call) =>
    this.#sessions.readRows(sessionId, asked, call);

  readonly close: ToolWorld['close'] = (sessionId, code, reason) => this.#sessions.close(sessionId, code, reason);

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }
}

/** Tells each phase once, as it begins. */
function phaseTeller({ onProgress }: ToolCall): (progress: ProbeProgress) => void {
  let told: string | null = null;
  return ({ running }) => {
    if (running === null || running === told) return;
    told = running;
    onProgress(running);
  };
}
