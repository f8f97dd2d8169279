import type { HeaderPair } from '../base/model.js';
import { parseUrl } from '../base/url.js';
import { credentialsIn } from '../profile/planSecrets.js';
import type { ObservedSource } from '../session/observedSource.js';

/** What only looks like a credential and is shorter stands in too many messages by chance. */
const MIN_SECRET = 8;
const MAX_SECRETS = 200;

/** The credentials of an opening handshake of others, by their names; an address that is none has none. */
export function handshakeSecrets(url: string, ...heads: readonly (readonly HeaderPair[])[]): readonly string[] {
  return credentialsIn(parseUrl(url)?.href ?? null, heads.flat()).filter((secret) => secret.length >= MIN_SECRET);
}

/** What a handshake holds of credentials is blotted out of messages as well, from then on. */
export function learnHandshake(
  source: Pick<ObservedSource, 'learn' | 'secrets'>,
  url: string,
  ...heads: readonly (readonly HeaderPair[])[]
): void {
  for (const secret of handshakeSecrets(url, ...heads)) {
    if (source.secrets.length < MAX_SECRETS && !source.secrets.includes(secret)) source.learn(secret);
  }
}
