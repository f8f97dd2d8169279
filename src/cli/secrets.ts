import { referencedSecrets } from '../core/profile/parse.js';
import type { ProfileFile } from '../core/profile/profile.js';
import { secretEnvName } from '../core/profile/variables.js';
import { parsePair } from './options.js';

/** `${secret:my-token}` is `--secret my-token=…`, otherwise the variable WSPROBE_SECRET_MY_TOKEN. */
export function secretsFor(
  file: ProfileFile,
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const fromEnvironment = referencedSecrets(file).map((name) => [name, env[secretEnvName(name)]] as const);
  return Object.fromEntries([...fromEnvironment, ...given.map((pair) => parsePair('--secret', pair))]);
}
