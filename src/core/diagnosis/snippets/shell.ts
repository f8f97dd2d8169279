import type { Fix } from '../../base/model.js';
import type { Evidence } from '../../base/evidence.js';
import { hostPort, pathOf } from '../facts.js';

/** A command line; every argument is quoted where a shell would read something into it. */
export function shellFix(title: string, ...commands: readonly (readonly string[] | string)[]): Fix {
  const lines = commands.map((command) => (typeof command === 'string' ? command : command.map(shellQuote).join(' ')));
  return { title, language: 'shell', snippet: lines.join('\n') };
}

/** For POSIX shells. */
export function shellQuote(argument: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

export function textFix(title: string, ...lines: readonly string[]): Fix {
  return { title, language: 'text', snippet: lines.join('\n') };
}

/** What to change on a server that nothing names: words, for a snippet of other software cures nothing. */
export function onServer(...lines: readonly string[]): Fix {
  return textFix('On the server', ...lines);
}

/** Asks the same path in plain HTTP, without the query, which may hold credentials. */
export function curl(evidence: Evidence): readonly string[] {
  const scheme = evidence.secure ? 'https' : 'http';
  return ['curl', '-i', '--max-time', '10', `${scheme}://${hostPort(evidence)}${pathOf(evidence)}`];
}

/** Tries what no evidence decides: the same again, one thing changed at a time. Null where both ways are compared so anyway. */
export function labFix({ plan, report }: Pick<Evidence, 'plan' | 'report'>): Fix | null {
  if (plan.proxy || plan.unusedProxy) return null;
  return shellFix('Find the one change that cures it', ['wsprobe', 'lab', 'handshake', report.url]);
}

/** When to look there. */
export const logFix = ({ now }: Pick<Evidence, 'now'>) =>
  shellFix('Read the server log at this moment', `date -u -d @${Math.floor(now.getTime() / 1000)}`);

/** A fix where there is one, among others. */
export const present = (fix: Fix | null): readonly Fix[] => (fix ? [fix] : []);
