import { ProbeError } from '../../core/base/errors.js';
import type { ReferenceValues } from '../../core/session/references.js';
import type { KeptPlan } from '../plans.js';

/** What the messages of a session may name: its plan's own secrets, then those that are asked for, each once. */
export function referencesOf(
  { secrets, shown, env }: KeptPlan,
  ask: (name: string) => Promise<string>,
): ReferenceValues {
  const asked = new Map<string, Promise<string>>();
  return {
    secret: async (name) => {
      const own = Object.hasOwn(secrets, name) ? secrets[name] : shown.valueOf(name);
      if (own !== undefined) return own;
      const known = asked.get(name) ?? ask(name);
      asked.set(name, known);
      // Who was refused may ask again.
      known.catch(() => asked.delete(name));
      return known;
    },
    env: (name) => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value !== undefined) return value;
      throw new ProbeError('payload-variable', `The environment variable ${name} is not set.`);
    },
  };
}
