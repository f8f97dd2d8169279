import { ProbeError } from '../base/errors.js';
import type { FormatName } from '../base/fileFormats.js';
import { parseProfile } from '../profile/parse.js';
import { type CopiedCommand, type CopyOptions, copy, toCurl, toNode, toWebsocat, toWscat } from './copyAs.js';
import { fileOfCommand } from './commandFile.js';
import { commandsIn } from './commands.js';
import type { Converted, Portable } from './converted.js';
import { messagesOf } from './conversation.js';
import { httpFile, readHttpFile, requestsIn } from './httpFile.js';
import { k6Script } from './k6Script.js';

/** How a form is read and written. What no function reads or writes is a profile or a recording. */
export interface Format {
  /** Null: the text holds no WebSocket. Of several that `choices` names the `index`th, the first unless told. Throws a ProbeError. */
  readonly read?: (text: string, index?: number) => Converted | null | Promise<Converted | null>;
  /** What a person calls the WebSockets of a text, in their order. */
  readonly choices?: (text: string) => readonly string[] | Promise<readonly string[]>;
  readonly write?: (profile: Portable) => CopiedCommand;
  /** What begins a comment. */
  readonly comment?: string;
}

const command: Format = { read: fileOfCommand, choices: commandsIn, comment: '# ' };

/** By name, as `--from` and `--to` say it. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  wsprobe: { read: readProfile },
  wsrec: {},
  har: {},
  jsonl: {},
  curl: { ...command, write: writeWith(toCurl, { most: 0 }) },
  websocat: { ...command, write: writeWith(toWebsocat) },
  wscat: { ...command, write: writeWith(toWscat) },
  http: {
    read: readHttpFile,
    choices: requestsIn,
    write: writeWith((plan, options) => copy(plan, options, httpFile)),
    comment: '# ',
  },
  // Read by `monitorYaml.ts`, for whoever brings a reader of YAML along.
  monitor: {},
  node: { write: writeWith(toNode), comment: '// ' },
  k6: { write: writeWith((plan, options) => copy(plan, options, k6Script), { judges: true }), comment: '// ' },
};

function readProfile(text: string): Converted {
  const { file, problems } = parseProfile(text);
  const problem = problems.find(({ severity }) => severity === 'error');
  if (file === null || problem)
    throw new ProbeError(
      'convert-invalid',
      `${problem?.message ?? 'It cannot be read.'} (line ${(problem?.line ?? 0) + 1})`,
    );
  return { file, left: [] };
}

type Tool = (plan: Portable['plan'], options: CopyOptions) => CopiedCommand;

interface Ability {
  /** So many messages it can hold. */
  readonly most?: number;
  /** It looks at the reply by itself. */
  readonly judges?: boolean;
}

/** What a plan has beside its request is told. */
function writeWith(tool: Tool, ability: Ability = {}): (profile: Portable) => CopiedCommand {
  const { judges = false, most = Number.POSITIVE_INFINITY } = ability;
  return ({ env, plan, secrets }) => {
    const notes: string[] = [];
    const all = messagesOf(plan, notes, judges);
    const [message, ...further] = all.slice(0, most);
    if (all.length > most) notes.push(`${all.length - most} of ${all.length} messages are left out.`);
    if (plan.clients) notes.push(`The clients ${plan.clients.map(({ name }) => name).join(', ')} are left out.`);
    const made = tool(plan, { environment: env, secrets, ...(message ? { message, further } : {}) });
    return { ...made, notes: [...new Set([...made.notes, ...notes])] };
  };
}
