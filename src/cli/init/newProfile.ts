import { fileOfCommand } from '../../core/convert/commandFile.js';
import { portable } from '../../core/convert/converted.js';
import type { ProfileFile } from '../../core/profile/profile.js';
import { type ProfileText, renderProfile } from '../../core/profile/template.js';
import { secretEnvName } from '../../core/profile/variables.js';
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
  const { file, left } = fileOfCommand(command);
  return { ...written(file), ignored: left };
}

/** Checked like a profile that somebody wrote; references stay references, whatever they stand for here. */
function written(file: ProfileFile): ProfileText & { readonly url: string } {
  const { value, problems } = portable(JSON.stringify(file), file);
  if (value === null) {
    const problem = problems.find(({ severity }) => severity === 'error');
    throw usageError(`no profile can say this: ${problem?.message ?? 'it cannot be read'}`);
  }
  return { ...renderProfile(value.plan, { references: value.references }), url: file.url ?? '' };
}

/** What a person has to do for a reference. */
export function secretHint(name: string): string {
  return `\${secret:${name}} stands for a credential: set ${secretEnvName(name)}, or --secret ${name}=…`;
}
