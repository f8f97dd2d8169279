import type { NewProfileText, StoredSecrets } from '../base/newProfile.js';
import { sameSecret } from './storedSecrets.js';
import { renderProfile, type TemplateSource } from './template.js';

/** A new profile beside the secrets that are kept: no name in it stands for another value there. */
export function newProfileText(
  source: TemplateSource,
  stored: StoredSecrets,
  {
    hosts,
    references = {},
  }: Pick<NewProfileText, 'hosts'> & { readonly references?: Readonly<Record<string, string>> },
): NewProfileText {
  const isTaken = (name: string, value: string) => sameSecret(stored, name, value) === false;
  const { text, secrets } = renderProfile(source, { references, isTaken });
  const fresh = Object.entries(secrets).filter(([name, value]) => sameSecret(stored, name, value) === null);
  return { text, secrets: Object.fromEntries(fresh), names: Object.keys(secrets), hosts };
}
