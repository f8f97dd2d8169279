import { Redactor } from '../redaction/redactor.js';
import { ProbeError } from '../base/errors.js';
import type { ProfileFile } from '../profile/profile.js';
import { CommandProfile, type Said } from './commands/commandProfile.js';
import { type Meaning, OPTIONS, takesValue, type Tool } from './commands/options.js';
import { tokenize } from './commands/tokenize.js';

/** What a pasted command line says, as a profile writes it: `$NAME` is `${env:NAME}`. Credentials stand in it as pasted. */
export interface ParsedCommand {
  readonly tool: Tool;
  readonly profile: ProfileFile;
  /** `wscat --execute`, or what is piped into websocat. */
  readonly messages: readonly Said[];
  /** Options, words and commands that have no meaning in a profile. */
  readonly ignored: readonly string[];
}

/** A pipeline, and which of its commands connects. */
interface Connecting {
  readonly commands: readonly (readonly string[])[];
  readonly at: number;
  /** Where its name stands. */
  readonly start: number;
  readonly tool: Tool;
}

/**
 * A curl, websocat or wscat command line for POSIX shells to a profile; of a pipeline the command that connects, of several the
 * `index`th. Throws `command-invalid` (cannot be read, no URL) and `command-unknown` (another tool). Runs nothing.
 */
export function parseCommand(text: string, index = 0): ParsedCommand {
  const { connecting, others } = pipelinesOf(text);
  const chosen = connecting[index];
  if (!chosen)
    throw new ProbeError('command-unknown', 'This is no curl, websocat or wscat command.', {
      hint: 'Copy the request in the browser as cURL (bash), or paste a websocat or wscat command.',
    });
  const { at, commands, start, tool } = chosen;
  const words = commands[at] ?? [];
  const parsed = parseTool(tool, words.slice(0, start), words.slice(start + 1));
  const before = commands.slice(0, at);
  const said = tool === 'websocat' ? printed(before, !words.includes('--no-line')) : null;
  const ignored = [
    ...parsed.ignored,
    ...(said === null ? before.map(([name = '']) => `${name} |`) : []),
    ...commands.slice(at + 1).map(([name = '']) => `| ${name}`),
    ...others,
  ];
  return { ...parsed, messages: said ?? parsed.messages, ignored };
}

/** The commands that connect, one a pipeline, as a person tells them apart. */
export function commandsIn(text: string): readonly string[] {
  return pipelinesOf(text).connecting.map(({ tool }) => tool);
}

function pipelinesOf(text: string): { readonly connecting: readonly Connecting[]; readonly others: readonly string[] } {
  const pipelines: string[][][] = [[[]]];
  for (const { isOperator, text: word } of tokenize(text)) {
    if (!isOperator) pipelines.at(-1)?.at(-1)?.push(word);
    else if (word === '|') pipelines.at(-1)?.push([]);
    else pipelines.push([[]]);
  }
  const connecting: Connecting[] = [];
  const others: string[] = [];
  for (const all of pipelines) {
    // `||` and a line that ends in `|` leave one behind.
    const commands = all.filter((words) => words.length > 0);
    const found = commands.flatMap((words, at): Connecting[] => {
      const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== '$');
      const tool = toolOf(words[start] ?? '');
      return tool === null ? [] : [{ at, commands, start, tool }];
    });
    const [first] = found;
    if (first) connecting.push(first);
    else if (commands[0]) others.push(commands[0][0] ?? '');
  }
  return { connecting, others };
}

/** What `printf` or `echo` says into websocat; null for anything else, and for a pipeline that changes it. */
function printed(commands: readonly (readonly string[])[], isByLine: boolean): readonly Said[] | null {
  if (commands.length === 0) return [];
  const [[name, ...rest] = [], decoder, ...others] = commands;
  const format = name === 'printf' ? rest[0] : undefined;
  if (decoder !== undefined) {
    const isDecoded = decoder.length === 2 && decoder[0] === 'base64' && /^(-d|-D|--decode)$/.test(decoder[1] ?? '');
    return isDecoded && others.length === 0 && format === '%s' && rest.length === 2
      ? [{ base64: rest[1] ?? '' }]
      : null;
  }
  if (format === '%s\\n' && rest.length > 1) return rest.slice(1).map((text) => ({ text }));
  const whole =
    name === 'echo' && rest.length === 1 ? rest[0] : format === '%s' && rest.length === 2 ? rest[1] : undefined;
  if (whole === undefined) return null;
  return (isByLine ? whole.split('\n') : [whole]).map((text) => ({ text }));
}

function toolOf(word: string): Tool | null {
  const name = /([^/\\]*?)(?:\.exe)?$/i.exec(word)?.[1]?.toLowerCase();
  return name === 'curl' || name === 'websocat' || name === 'wscat' ? name : null;
}

function parseTool(tool: Tool, assignments: readonly string[], words: readonly string[]): ParsedCommand {
  const profile = new CommandProfile();
  const ignored: string[] = [];
  const targets: string[] = [];
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
      targets.push(word);
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
  // What an unknown option takes for its value looks like a target, but for its scheme.
  const target = profile.hasUrl ? undefined : (targets.find((word) => SCHEME.test(word)) ?? targets[0]);
  if (target !== undefined) apply('url', target, target);
  for (const word of targets) if (word !== target) ignored.push(URL.canParse(word) ? new Redactor([]).url(word) : word);
  if (!profile.hasUrl) throw new ProbeError('command-invalid', `The ${tool} command has no URL.`);
  ignored.push(...profile.idle);
  return { tool, profile: profile.toFile(), messages: profile.messages, ignored };
}

const SCHEME = /^(?:wss?|https?):/i;

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
