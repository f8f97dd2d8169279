import { plainText, quoteText } from '../base/plainText.js';

/** Markup, what begins a list or a rule, and what holds an address together that a renderer would find by itself. */
const ACTIVE = /[\\`*_{}[\]<>#|&~$^]|[.:@](?=\S)|^[-+=]|(?<=^\d+)[.)]/g;

/** Text as Markdown that shows just it: a peer's words make no link, no image, no table and no address to click on. */
export function markdownText(text: string, max = 400): string {
  return quoteText(text, max).replaceAll(ACTIVE, '\\$&');
}

/** Text as code, which is taken for nothing else. */
export function markdownCode(text: string, max = 400): string {
  return `\`${plainText(text, max).replaceAll('`', 'ˋ')}\``;
}

/** Lines as a block of code, whatever is in them. */
export function markdownBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${/^[\w-]+$/.test(language) ? language : ''}`, text, fence].join('\n');
}

/** A table; its cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
