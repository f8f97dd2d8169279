import { ProbeError } from '../base/errors.js';
import type { FormatName } from '../base/fileFormats.js';
import type { Conversation } from '../base/newProfile.js';
import { renderProfile } from '../profile/template.js';
import type { VaultOptions } from '../profile/vault.js';
import { type Converted, holdsReference, portable } from './converted.js';
import { FORMATS } from './formats.js';
import { commented } from './fromSession.js';

/** What was read, and the profile's own text where it was one. */
export interface Readable extends Converted {
  readonly text?: string;
}

export interface WriteOptions {
  /** Folder of a profile that lies in one. */
  readonly baseDir: string | null;
  readonly environment: string | null;
  /** Where secrets are kept, so that no name stands for two. */
  readonly isTaken?: VaultOptions['isTaken'];
}

export interface WrittenForm extends Conversation {
  /** Variables of the environment that a command or script takes its secrets from. */
  readonly environment: readonly string[];
}

/** A connection in another form. Throws `convert-invalid` where no profile can say it. */
export function writeConverted(read: Readable, to: FormatName, options: WriteOptions): WrittenForm {
  const { file, left, text = JSON.stringify(file) } = read;
  const { baseDir, environment, isTaken } = options;
  const { problems, value } = portable(text, file, { baseDir, environment });
  if (value === null) {
    const problem = problems.find(({ severity }) => severity === 'error');
    throw new ProbeError('convert-invalid', `no profile can say this: ${problem?.message ?? 'it cannot be read'}`);
  }
  const notes = left.map((what) => `not carried over: ${what}`);
  const { comment = '// ', write } = FORMATS[to];
  if (write === undefined) {
    const { references } = value;
    const { secrets, text: written } = renderProfile(value.plan, { references, ...(isTaken ? { isTaken } : {}) });
    const { host } = new URL(value.plan.url);
    const hosts = holdsReference(host) ? [] : [host];
    return {
      text: commented(notes, comment) + written,
      secrets,
      names: Object.keys(secrets),
      hosts,
      environment: [],
      notes,
    };
  }
  const made = write(value);
  const all = [...notes, ...made.notes, ...unusedKeys(file)];
  const whole = commented(all, comment) + `${made.text.trimEnd()}\n`;
  return { text: whole, secrets: {}, names: [], hosts: [], environment: made.environment, notes: all };
}

/** What a profile says that no other tool has. */
function unusedKeys(file: Converted['file']): string[] {
  const ours = ['expect', 'session', 'watch', 'decode', 'messages', 'environments'] as const;
  const keys = ours.filter((key) => file[key] !== undefined);
  return keys.length === 0 ? [] : [`not carried over: ${keys.join(', ')}`];
}
