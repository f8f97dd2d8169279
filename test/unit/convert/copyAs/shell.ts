import { execFileSync } from 'node:child_process';

/** What the shell makes of a script; `env` is all it knows besides the PATH. */
export function runShell(script: string, env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('sh', ['-c', script], { env: { PATH: process.env['PATH'] ?? '', ...env } }).toString();
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
