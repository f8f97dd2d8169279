import { DIALECT_NAMES } from '../../core/base/dialectNames.js';
import { UNWRAPPERS, VALUE_DECODERS } from '../../core/base/message.js';
import { EXPERIMENTS } from '../../core/lab/experiments.js';
import { commandText } from '../help.js';
import {
  type CliOption,
  COMMAND_OPTIONS,
  type CommandName,
  FORMAT_NAMES,
  type OptionGroups,
  SHELL_NAMES,
} from '../optionTable.js';
import { optionsOf } from '../options.js';

/** What can be typed for a value: these words, and files or names of environments where it says so. */
export interface Choices {
  readonly words: readonly string[];
  readonly more: 'files' | 'folders' | 'environments' | null;
}

export interface OptionChoices extends Pick<CliOption, 'short'> {
  readonly name: string;
  readonly about: string;
  /** Null for a switch. */
  readonly value: Choices | null;
}

export interface CommandChoices {
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionChoices[];
  /** The first word behind the command; null where any argument is as good. */
  readonly first: readonly string[];
  readonly takesFiles: boolean;
}

/** Values that options call `<name>` or `<format>`. */
const NAMES: Readonly<Record<string, Partial<Choices>>> = {
  dialect: { words: DIALECT_NAMES },
  decode: { words: [...UNWRAPPERS, ...VALUE_DECODERS] },
  env: { more: 'environments' },
  from: { words: FORMAT_NAMES },
  to: { words: FORMAT_NAMES },
};

const FIRST_WORDS: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  lab: ['handshake', ...Object.keys(EXPERIMENTS)],
  completion: SHELL_NAMES,
};

/** All that completion knows, out of the tables that the commands and their help are made of. */
export function completionChoices(): readonly CommandChoices[] {
  const commands = (Object.keys(COMMAND_OPTIONS) as CommandName[]).map((name): CommandChoices => {
    const { wants, summary } = commandText(name);
    const groups: OptionGroups = COMMAND_OPTIONS[name];
    const options = Object.entries<CliOption>(optionsOf(groups));
    return {
      name,
      about: summary,
      options: options.map(([option, facts]) => optionChoices(option, facts)),
      first: FIRST_WORDS[name] ?? [],
      takesFiles: /\bfile/.test(wants),
    };
  });
  const first = commands.map(({ name }) => name);
  return [...commands, { name: 'help', about: 'options of a command', options: [], first, takesFiles: false }];
}

function optionChoices(name: string, { help, short, type, value = '' }: CliOption): OptionChoices {
  const about = help.replaceAll('\n', ' ').split(/;| \(/)[0]!.trim();
  return {
    name,
    about,
    ...(short === undefined ? {} : { short }),
    value: type === 'string' ? choicesOf(name, value) : null,
  };
}

function choicesOf(name: string, value: string): Choices {
  const named = /<(?:name|format)>/.test(value) ? NAMES[name] : undefined;
  const [usual] = value.split('[');
  const more = usual === '<file>' ? 'files' : value === '<folder>' ? 'folders' : null;
  const alternatives = value
    .replace(/\[.*\]$/, '')
    .replace(/<[^>]*>/g, '')
    .split('|');
  const words = alternatives.filter((word) => /^[\w.-]+$/.test(word));
  return { more, ...named, words: [...words, ...(named?.words ?? [])] };
}
