import { readSharedFiles } from '../../core/profile/sharedFiles.js';
import { suggest } from '../../core/profile/problems.js';
import { bashScript } from '../completion/bash.js';
import { type CommandChoices, completionChoices } from '../completion/choices.js';
import { fishScript } from '../completion/fish.js';
import { powershellScript } from '../completion/powershell.js';
import { zshScript } from '../completion/zsh.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS, SHELL_NAMES } from '../optionTable.js';
import { optionsOf, parseOptions } from '../options.js';
import { EXIT, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.completion);

const SCRIPTS: Readonly<Record<(typeof SHELL_NAMES)[number], (commands: readonly CommandChoices[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

export async function completionCommand(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = parseOptions(argv, OPTIONS).positionals;
  if (name === undefined || rest.length > 0)
    throw usageError(`completion wants one shell: ${SHELL_NAMES.join(', ')}`, 'source <(wsprobe completion bash)');
  if (name === 'environments') {
    io.stdout.write((await environmentNames(io.cwd)).map((each) => `${each}\n`).join(''));
    return EXIT.ok;
  }
  const shell = SHELL_NAMES.find((each) => each === name);
  if (shell === undefined) {
    const guess = suggest(name, SHELL_NAMES);
    throw usageError(`unknown shell ${name}`, guess ? `Did you mean ${guess}?` : `Known: ${SHELL_NAMES.join(', ')}`);
  }
  io.stdout.write(SCRIPTS[shell](completionChoices()));
  return EXIT.ok;
}

/** Those that a shell would take as one plain word: what stands in a file of others is typed by nobody unseen. */
async function environmentNames(folder: string): Promise<string[]> {
  const { environments } = await readSharedFiles({ folder, root: folder });
  return environments.flatMap((file) => Object.keys(file.environments)).filter((name) => /^[\w.-]+$/.test(name));
}
