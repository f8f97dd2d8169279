import { type AllowRule, parseAllowRule } from '../core/base/allowRules.js';
import { usageError } from './usage.js';

/** The rule that a pattern of `--allow` writes. */
export function allowRule(pattern: string): AllowRule {
  const rule = parseAllowRule(pattern);
  if (typeof rule === 'string') throw usageError(`--allow: ${rule}`, "--allow 'wss://*.example.com'");
  return rule;
}
