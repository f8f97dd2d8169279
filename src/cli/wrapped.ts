import type { Io } from './io.js';

/** As wide as `wsprobe: `. */
export const INDENT = ' '.repeat(9);

/** On a terminal in lines that end between words; a word stays whole, so that a path or a command can be copied. */
export function wrapped(text: string, { columns, stderr }: Io): string {
  const most = Math.max(20, columns - INDENT.length);
  if (!stderr.isTTY || text.length <= most || /^wsprobe |^--\S+(=\S*| \S+)?$/.test(text)) return text;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${INDENT}`);
}
