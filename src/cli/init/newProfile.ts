import { parseUrl } from '../../core/base/url.js';
import { parseCommand } from '../../core/convert/commands.js';
import type { ProfileFile } from '../../core/profile/profile.js';
import { resolveText } from '../../core/profile/resolve.js';
import { type ProfileText, renderProfile } from '../../core/profile/template.js';
import { usageError } from '../usage.js';

interface Made extends ProfileText {
  readonly url: string;
  readonly ignored: readonly string[];
}

/** Credentials in the URL become secrets. */
export function profileFromUrl(url: string): Made {
  return { ...written({ url: url.replaceAll('${', () => '$${') }), ignored: [] };
}

/** What a curl, websocat or wscat command line says. Throws as `parseCommand` does. */
export function profileFromCommand(command: string): Made {
  const { ignored, message, profile } = parseCommand(command);
  const asked = message === null ? profile : { ...profile, message: { send: { text: message } } };
  return { ...written(asked), ignored };
}

/** Checked like a profile that somebody wrote; references stay references, whatever they stand for here. */
function written(file: ProfileFile): ProfileText & { readonly url: string } {
  const text = JSON.stringify(file);
  const references = new Map<string, { readonly of: string; readonly name: string; readonly value: string }>();
  // As a host may be written: a reference can stand in a URL.
  for (const [reference, of = '', name = ''] of text.matchAll(/(?<!\$)\$\{(env|secret):([^{}]+)\}/g))
    references.set(reference, { of, name, value: `reference-${references.size}-of-init` });
  const valuesOf = (kind: string) =>
    Object.fromEntries([...references.values()].flatMap(({ name, of, value }) => (of === kind ? [[name, value]] : [])));
  const { plan, problems } = resolveText(text, {
    env: valuesOf('env'),
    secrets: valuesOf('secret'),
    baseDir: null,
    allowLinkLocal: true,
    name: parseUrl(file.url ?? '')?.host ?? 'profile',
  });
  if (plan === null) {
    const problem = problems.find(({ severity }) => severity === 'error');
    throw usageError(`no profile can say this: ${problem?.message ?? 'it cannot be read'}`);
  }
  const known = Object.fromEntries([...references].map(([reference, { value }]) => [reference, value]));
  return { ...renderProfile(plan, { references: known }), url: file.url ?? '' };
}
