import { basename } from 'node:path';

/** One probe of a run: a profile or a URL, in one environment, for the n-th time. */
export interface RunItem {
  /** A path or a URL, as it is probed. */
  readonly target: string;
  /** As it is shown: a URL without what may be a credential. */
  readonly label: string;
  /** The profile's path; null for a URL. */
  readonly file: string | null;
  readonly environment: string | null;
  /** Counts from 1. */
  readonly iteration: number;
  /** Why the profile cannot be got at; null where it can. */
  readonly unreadable: string | null;
}

/** What tells one probe of a run from the others: two profiles may have one name. */
export function titleOf(
  { label, environment, iteration }: Pick<RunItem, 'label' | 'environment' | 'iteration'>,
  repeat: number,
): string {
  return `${label}${environment === null ? '' : ` [${environment}]`}${repeat > 1 ? ` #${iteration}` : ''}`;
}

/** The same with the profile's own name, where it says more than its file. */
export function suiteNameOf(item: RunItem, name: string | null, repeat: number): string {
  const title = titleOf(item, repeat);
  const isNamed = name !== null && name !== '' && item.file !== null && name !== basename(item.file, '.wsprobe');
  return isNamed ? `${name} (${title})` : title;
}
