import type { HeaderPair } from '../base/model.js';
import { parseUrl } from '../base/url.js';
import { credentialsIn } from '../profile/planSecrets.js';
import type { ObservedSource } from '../session/observedSource.js';

/** What only looks like a credential and is shorter stands in too many messages by chance. */
const MIN_SECRET = 8;
const MAX_SECRETS = 200;

/** What handshakes of others hold of credentials is blotted out of messages as well. */
export function learnCredentials(
  source: Pick<ObservedSource, 'learn' | 'secrets'>,
  url: string,
  ...heads: readonly (readonly HeaderPair[])[]
): void {
  const found = credentialsIn(parseUrl(url)?.href ?? null, heads.flat());
  for (const secret of found)
    if (secret.length >= MIN_SECRET && source.secrets.length < MAX_SECRETS) source.learn(secret);
}
