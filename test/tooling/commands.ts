/** The lines of `sh` blocks, what stands behind a prompt, and commands within the text. */
export function commandsOf(markdown: string): readonly string[] {
  const found: string[] = [];
  for (const [, language, block, span] of markdown.matchAll(/^```(\w*)\n([^]*?)^```$|(?<!`)`([^`\n]+)`(?!`)/gm)) {
    const lines = (block ?? '').split('\n');
    if (language === 'sh') found.push(...lines.map((line) => line.replace(/\s+#.*/, '').trim()).filter(Boolean));
    if (language === 'console') found.push(...lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])));
    if (span !== undefined && /^(npm|npx|node|wsprobe) /.test(span)) found.push(span);
  }
  return [...new Set(found)];
}
