import type { HeaderPair } from '../base/model.js';
import { handshakeSecrets } from '../profile/planSecrets.js';
import type { ObservedSource } from '../session/observedSource.js';

const MAX_SECRETS = 200;

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
