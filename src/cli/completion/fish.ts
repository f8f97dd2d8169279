import type { CommandChoices, OptionChoices } from './choices.js';

export function fishScript(commands: readonly CommandChoices[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c wsprobe -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.about)}`,
    ...firstLines(command),
    ...command.options.map((option) => optionLine(command.name, option)),
  ]);
  return `# Completion of wsprobe for fish: wsprobe completion fish | source

complete -c wsprobe -f
${lines.join('\n')}
`;
}

function firstLines({ first, name, takesFiles }: CommandChoices): string[] {
  const condition = quoted(`__fish_seen_subcommand_from ${name}`);
  const words = first.length === 0 ? [] : [`complete -c wsprobe -n ${condition} -f -a ${quoted(first.join(' '))}`];
  return takesFiles ? [...words, `complete -c wsprobe -n ${condition} -F`] : words;
}

function optionLine(command: string, { about, name, short, value }: OptionChoices): string {
  const parts = [`complete -c wsprobe -n ${quoted(`__fish_seen_subcommand_from ${command}`)} -l ${name}`];
  if (short !== undefined) parts.push(`-s ${short}`);
  if (value !== null) parts.push(value.more === 'files' ? '-r -F' : '-x');
  if (value !== null && value.words.length > 0) parts.push(`-a ${quoted(value.words.join(' '))}`);
  if (value?.more === 'folders') parts.push("-a '(__fish_complete_directories)'");
  if (value?.more === 'environments') parts.push("-a '(wsprobe completion environments 2>/dev/null)'");
  if (about !== '') parts.push(`-d ${quoted(about)}`);
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
