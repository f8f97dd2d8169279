import { ProbeError } from '../base/errors.js';

/** A task of `tasks.json`. */
export interface ProfileTask {
  /** Path of the profile, relative to the folder of the workspace. */
  readonly profile: string;
  readonly environment: string | null;
  /** Milliseconds to probe again and again until the profile is healthy; null: one probe. */
  readonly waitMs: number | null;
}

const DEFAULT_WAIT_MS = 60_000;
const MAX_WAIT_MS = 86_400_000;

/** What `tasks.json` says, checked: VS Code itself only underlines what its schema does not know. */
export function readTask(definition: Readonly<Record<string, unknown>>): ProfileTask {
  const { profile, environment = null, waitUntil, timeoutMs = DEFAULT_WAIT_MS } = definition;
  if (typeof profile !== 'string' || profile === '') throw invalid('`profile` is the path of a .wsprobe file.');
  if (environment !== null && typeof environment !== 'string') throw invalid('`environment` is the name of one.');
  if (waitUntil !== undefined && waitUntil !== 'healthy') throw invalid('`waitUntil` can only be "healthy".');
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0 && timeoutMs <= MAX_WAIT_MS)) {
    throw invalid(`\`timeoutMs\` is a number from 0 to ${MAX_WAIT_MS}.`);
  }
  return { profile, environment, waitMs: waitUntil === undefined ? null : timeoutMs };
}

function invalid(message: string): ProbeError {
  return new ProbeError('task.invalid', `tasks.json: ${message}`);
}
