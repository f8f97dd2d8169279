import { parseUrl } from '../base/url.js';
import type { ProbePlan } from '../base/plan.js';
import type { Problem, ProfileFile } from '../profile/profile.js';
import { resolveText } from '../profile/resolve.js';

/** What a file of another tool says, as a profile writes it, and what of it no profile can say. */
export interface Converted {
  readonly file: ProfileFile;
  readonly left: readonly string[];
}

/** A profile to be written in another form: its references are values that are known again where they come out. */
export interface Portable {
  readonly plan: ProbePlan;
  /** Values by the references that they stand for: `${secret:token}`, `${env:HOST}`. */
  readonly references: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

interface PortableOptions {
  readonly baseDir?: string | null;
  readonly environment?: string | null;
}

/** Checks a profile like one that somebody wrote, with every reference in place, whatever it stands for here. */
export function portable(
  text: string,
  file: ProfileFile,
  { baseDir = null, environment = null }: PortableOptions = {},
): { readonly value: Portable | null; readonly problems: readonly Problem[] } {
  const references: Record<string, string> = {};
  const values = { env: {} as Record<string, string>, secret: {} as Record<string, string> };
  for (const [reference, of = '', name = ''] of text.matchAll(/(?<!\$)\$\{(env|secret):([^{}]+)\}/g)) {
    // As a host may be written: a reference can stand in a URL. No value begins like another.
    references[reference] ??= `reference-${Object.keys(references).length}-of-init`;
    values[of as 'env' | 'secret'][name] = references[reference];
  }
  const { plan, problems } = resolveText(text, {
    env: values.env,
    secrets: values.secret,
    environment,
    baseDir,
    allowLinkLocal: true,
    name: parseUrl(file.url ?? '')?.host ?? 'profile',
  });
  return { value: plan && { plan, references, env: values.env, secrets: values.secret }, problems };
}

/** Whether what stands for a reference is in a text. */
export function holdsReference(text: string): boolean {
  return /reference-\d+-of-init/.test(text);
}
