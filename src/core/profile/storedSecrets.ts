import { createHmac, randomBytes } from 'node:crypto';
import type { StoredSecrets } from '../base/newProfile.js';

/** What `sameSecret` knows the values by. */
export function describeSecrets(values: Readonly<Record<string, string | undefined>>): StoredSecrets {
  const salt = randomBytes(16).toString('hex');
  const known = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { salt, digests: Object.fromEntries(known.map(([name, value]) => [name, digestOf(salt, value)])) };
}

/** Whether a value is the one that is kept under a name; null where none is. */
export function sameSecret({ salt, digests }: StoredSecrets, name: string, value: string): boolean | null {
  return Object.hasOwn(digests, name) ? digests[name] === digestOf(salt, value) : null;
}

function digestOf(salt: string, value: string): string {
  return createHmac('sha256', salt).update(value).digest('hex');
}
