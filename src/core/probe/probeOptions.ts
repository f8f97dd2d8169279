import type { HeaderPair, ProbeProgress } from '../base/model.js';
import type { Network } from '../transport/network.js';

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** Called as phases begin and end, never more than a few times a phase. */
  readonly onProgress?: (progress: ProbeProgress) => void;
  /** Hears the headers of a refusal as they came: cookies that a report hides. */
  readonly onRefusal?: (headers: readonly HeaderPair[]) => void;
  /** The machine the probe leaves from, and the remote it was reached through; this machine by default. */
  readonly host?: string;
  readonly remote?: string | null;
  /** False: no second look is taken; an experiment makes its connections itself. */
  readonly looks?: boolean;
  /** The ways out of this process; tests of the address guard put their own here. */
  readonly network?: Network;
}
