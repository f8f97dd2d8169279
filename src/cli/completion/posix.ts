import type { Choices, CommandChoices } from './choices.js';

/** Shell functions that bash and zsh share: words by command, and by command and option. */
export function posixTables(commands: readonly CommandChoices[]): string {
  const flags = ({ options }: CommandChoices) =>
    options.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
  return [
    table(
      '_wsprobe_options',
      commands.map((command) => [command.name, flags(command).join(' ')]),
    ),
    table(
      '_wsprobe_first',
      commands.map((command) => [command.name, command.first.join(' ')]),
    ),
    table(
      '_wsprobe_files',
      commands.map((command) => [command.name, command.takesFiles ? 'files' : '']),
    ),
    table('_wsprobe_values', valueRows(commands)),
  ].join('\n');
}

/** Of an option with a value: its kind (`files`, `folders`, `environments` or `words`), then its words. */
function valueRows(commands: readonly CommandChoices[]): (readonly [pattern: string, words: string])[] {
  return commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, short, value }) => {
      if (value === null) return [];
      const text = valueText(value);
      const rows = [[`${name} --${option}`, text] as const];
      return short === undefined ? rows : [...rows, [`${name} -${short}`, text] as const];
    }),
  );
}

function valueText({ more, words }: Choices): string {
  return [more ?? 'words', ...words].join(' ');
}

/** Prints what belongs to `$1`: what is the same stands in one line. */
function table(name: string, rows: readonly (readonly [pattern: string, words: string])[]): string {
  const patterns = new Map<string, string[]>();
  for (const [pattern, words] of rows)
    if (words !== '') patterns.set(words, [...(patterns.get(words) ?? []), `'${pattern}'`]);
  const lines = [...patterns].map(([words, same]) => `    ${same.join('|')}) echo '${words}' ;;`);
  return `${name}() {\n  case "$1" in\n${lines.join('\n')}\n  esac\n}\n`;
}
