import { environmentNames, parseProfile } from './parse.js';
import type { Problem, ResolveContext } from './profile.js';
import { resolveProfile } from './resolve.js';
import { withSharedValues } from './sharedEnvironments.js';

export interface CheckContext extends Omit<ResolveContext, 'secrets'> {
  /** Names of the secrets that have a value. */
  readonly secretNames: readonly string[];
}

/**
 * What is wrong with a profile, in the words of a run in this context, found without the value of any secret. Without an
 * environment chosen, what only one of them can give is not missed. Never throws.
 */
export function checkProfile(text: string, { secretNames, ...context }: CheckContext): readonly Problem[] {
  const shared = context.sharedEnvironments ?? [];
  const { file, problems } = parseProfile(text, shared);
  if (!file) return problems;
  const isOpen = (context.environment ?? null) === null && environmentNames(withSharedValues(file, shared)).length > 0;
  const isTold = new Set(problems.map(mark));
  const known = new Set(secretNames.map((name) => `\${secret:${name}}`));
  // A text whose secret is missing waits: no stand-in is judged in its place.
  const values = resolveProfile(file, text, { ...context, secrets: {} }).problems.filter((problem) => {
    const written = text.slice(problem.offset, problem.offset + problem.length);
    if (isTold.has(mark(problem)) || known.has(written)) return false;
    return !isOpen || /^\$\{(env|secret):/.test(written);
  });
  return [...problems, ...values].sort((a, b) => a.offset - b.offset);
}

function mark({ code, offset }: Problem): string {
  return `${code} ${offset}`;
}
