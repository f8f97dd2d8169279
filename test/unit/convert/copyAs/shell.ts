import { execFileSync, spawnSync } from 'node:child_process';

/** What the shell makes of a script; `env` is all it knows besides the PATH. */
export function runShell(script: string, env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('sh', ['-c', script], { env: { PATH: process.env['PATH'] ?? '', ...env } }).toString();
}

/** The POSIX shells and their like that are on this machine, each with the options that keep it from reading what is a person's. */
export function shellsHere(): readonly (readonly [name: string, ...options: string[]])[] {
  const known = [['sh'], ['dash'], ['bash'], ['zsh', '-f'], ['fish', '--no-config']] as const;
  return known.filter(([name]) => spawnSync(name, ['-c', ':']).status === 0);
}

/** The arguments with which a copied command would call its tool, and what it would pipe into it. */
export function callOf(
  tool: string,
  command: string,
  env: Readonly<Record<string, string>> = {},
): { args: string[]; input: string } {
  const standIn = `${tool}() { printf '%s\\0' "$@"; printf '\\0'; [ -t 0 ] || cat; }`;
  const [args = '', input = ''] = runShell(
    `${standIn}\n${command} < /dev/null`.replace(/(\|[^]*) < \/dev\/null$/, '$1'),
    env,
  ).split('\0\0');
  return { args: args.split('\0'), input };
}
