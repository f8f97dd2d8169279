import { sameSecret, type StoredSecrets } from './storedSecrets.js';
import { renderProfile, type TemplateSource } from './template.js';

/** The text of a new file. */
export interface NewProfileText {
  readonly text: string;
  /** Credentials that stood in the source itself and are to be kept under these names from now on. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names that the text has given to credentials, kept already or not, and the hosts that it shows them to. */
  readonly names: readonly string[];
  readonly hosts: readonly string[];
}

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
