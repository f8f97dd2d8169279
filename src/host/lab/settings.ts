import { ProbeError } from '../../core/base/errors.js';
import { ASK_ABOVE, type ExperimentSettings } from '../../core/base/experimentFacts.js';

const NUMBERS = ['connections', 'forMs', 'pid'] as const;
const TEXTS = ['jsonPath', 'responseHeader'] as const;

/** Settings given by code. Throws for what is none of the kind; what the experiment makes of them is its own to check. */
export function readSettings(options: unknown): ExperimentSettings {
  const given = (typeof options === 'object' && options !== null ? options : {}) as Readonly<Record<string, unknown>>;
  const read = (keys: readonly string[], type: 'number' | 'string') =>
    keys.flatMap((key) => {
      const value = given[key];
      if (value === undefined) return [];
      if (typeof value !== type || !(type === 'string' || Number.isInteger(value)))
        throw new ProbeError('lab.setting', `"${key}" is a ${type === 'number' ? 'whole number' : 'text'}.`);
      return [[key, value]];
    });
  const settings = Object.fromEntries([...read(NUMBERS, 'number'), ...read(TEXTS, 'string')]) as ExperimentSettings;
  // Nobody can be asked: who calls says it.
  if ((settings.connections ?? 0) > ASK_ABOVE && given['yes'] !== true)
    throw new ProbeError('lab.unconfirmed', `${settings.connections} connections need a yes.`, {
      hint: '"yes": true says it.',
    });
  return settings;
}
