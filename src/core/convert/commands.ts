import { Redactor } from '../redaction/redactor.js';
import { ProbeError } from '../base/errors.js';
import type { ProfileFile } from '../profile/profile.js';
import { CommandProfile } from './commands/commandProfile.js';
import { type Meaning, OPTIONS, takesValue, type Tool } from './commands/options.js';
import { tokenize } from './commands/tokenize.js';

/** What a pasted command line says, as a profile writes it: `$NAME` is `${env:NAME}`. Credentials stand in it as pasted. */
export interface ParsedCommand {
  readonly tool: Tool;
  readonly profile: ProfileFile;
  /** `wscat --execute`, or what is piped into websocat; null when the command sends nothing. */
  readonly message: string | null;
  /** Options and words that have no meaning in a profile. */
  readonly ignored: readonly string[];
}

/**
 * A curl, websocat or wscat command line for POSIX shells to a profile; of a pipeline the command that connects.
 * Throws `command-invalid` (cannot be read, no URL) and `command-unknown` (another tool). Runs nothing.
 */
export function parseCommand(text: string): ParsedCommand {
  const commands: string[][] = [[]];
  for (const { text: word, isOperator } of tokenize(text)) {
    if (isOperator) commands.push([]);
    else commands.at(-1)?.push(word);
  }
  for (const [at, words] of commands.entries()) {
    const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== '$');
    const tool = toolOf(words[start] ?? '');
    if (!tool) continue;
    const parsed = parseTool(tool, words.slice(0, start), words.slice(start + 1));
    return tool === 'websocat' ? { ...parsed, message: printed(commands.slice(0, at)) ?? parsed.message } : parsed;
  }
  throw new ProbeError('command-unknown', 'This is no curl, websocat or wscat command.', {
    hint: 'Copy the request in the browser as cURL (bash), or paste a websocat or wscat command.',
  });
}

/** What `printf` or `echo` says, all of it text; null for anything else, and for a pipeline that changes it. */
function printed(commands: readonly (readonly string[])[]): string | null {
  const [words = [], ...others] = commands;
  if (others.length > 0) return null;
  const [name, ...rest] = words;
  if (name === 'printf' && rest.length === 2 && /^%s(\\n)?$/.test(rest[0] ?? '')) return rest[1] ?? null;
  return name === 'echo' && rest.length === 1 ? (rest[0] ?? null) : null;
}

function toolOf(word: string): Tool | null {
  const name = /([^/\\]*?)(?:\.exe)?$/i.exec(word)?.[1]?.toLowerCase();
  return name === 'curl' || name === 'websocat' || name === 'wscat' ? name : null;
}

function parseTool(tool: Tool, assignments: readonly string[], words: readonly string[]): ParsedCommand {
  const profile = new CommandProfile();
  const ignored: string[] = [];
  const apply = (meaning: Meaning, option: string, value: string) => {
    if (!profile.set(meaning, value)) ignored.push(option);
  };
  for (const word of assignments) {
    const [, ca] = /^SSL_CERT_FILE=([^]*)$/.exec(word) ?? [];
    if (ca === undefined) ignored.push(word.slice(0, word.indexOf('=')));
    else apply('ca', word, ca);
  }
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (profile.hasUrl) ignored.push(URL.canParse(word) ? new Redactor([]).url(word) : word);
      else apply('url', word, word);
      continue;
    }
    for (const { option, meaning, value } of optionsOf(tool, word)) {
      if (!takesValue(meaning)) apply(meaning, option, '');
      else if (value !== null) apply(meaning, option, value);
      else {
        at += 1;
        if (words[at] === undefined) throw new ProbeError('command-invalid', `The option ${option} lacks its value.`);
        apply(meaning, option, words[at] ?? '');
      }
    }
  }
  if (!profile.hasUrl) throw new ProbeError('command-invalid', `The ${tool} command has no URL.`);
  if (profile.hasIdleProxyUser) ignored.push('--proxy-user');
  return { tool, profile: profile.toFile(), message: profile.message, ignored };
}

interface Option {
  readonly option: string;
  readonly meaning: Meaning;
  /** Given in the same word; null when it is the next one. */
  readonly value: string | null;
}

/** `--name`, `--name=value`, `-x`, `-xvalue`, and flags written together (`-ikN`). */
function optionsOf(tool: Tool, word: string): readonly Option[] {
  const meanings = OPTIONS[tool];
  const meaningOf = (name: string) => (Object.hasOwn(meanings, name) ? meanings[name] : undefined) ?? 'flag';
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    const option = at < 0 ? word : word.slice(0, at);
    return [{ option, meaning: meaningOf(option), value: at < 0 ? null : word.slice(at + 1) }];
  }
  const options: Option[] = [];
  for (let at = 1; at < word.length; at++) {
    const option = `-${word.charAt(at)}`;
    const meaning = meaningOf(option);
    const rest = word.slice(at + 1).replace(/^=/, tool === 'curl' ? '=' : '');
    options.push({ option, meaning, value: takesValue(meaning) && rest !== '' ? rest : null });
    if (takesValue(meaning)) break;
  }
  return options;
}
