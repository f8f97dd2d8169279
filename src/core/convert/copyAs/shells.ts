import { cmdWord } from './cmdWord.js';
import { powershellWord } from './powershellWord.js';
import { shellWord } from './shellWord.js';
import type { Words } from './words.js';

/** How a command is written for one shell. */
export interface Shell {
  /** One argument. What the shell cannot pass goes, and is noted. */
  word(words: Words, notes: string[]): string;
  /** What stands at the end of a line that goes on. */
  readonly lineEnd: string;
  /** `curl` as this shell finds the program, not something of its own. */
  readonly curl: string;
}

export type ShellName = 'posix' | 'powershell' | 'cmd';

export const SHELLS: Readonly<Record<ShellName, Shell>> = {
  posix: { word: shellWord, lineEnd: ' \\', curl: 'curl' },
  // Windows PowerShell has an alias of that name.
  powershell: { word: powershellWord, lineEnd: ' `', curl: 'curl.exe' },
  cmd: { word: cmdWord, lineEnd: ' ^', curl: 'curl' },
};

/** Writes the parts of one command: options with their values, a line each. */
export class CommandLine {
  readonly parts: string[][] = [];
  readonly #shell: Shell;
  readonly #notes: string[];

  constructor(shell: Shell, notes: string[]) {
    this.#shell = shell;
    this.#notes = notes;
  }

  /** Words of ours on one line: no shell sees anything in them, but for PowerShell in dots and colons. */
  flags(...names: readonly string[]): void {
    this.parts.push(names.map((name) => this.#word([{ literal: name }])));
  }

  option(name: string, value: Words): void {
    this.parts.push([this.#word([{ literal: name }]), this.#word(value)]);
  }

  argument(value: Words): void {
    this.parts.push([this.#word(value)]);
  }

  text(program: string): string {
    return [program, ...this.parts.map((part) => part.join(' '))].join(`${this.#shell.lineEnd}\n  `);
  }

  #word(words: Words): string {
    return this.#shell.word(words, this.#notes);
  }
}
