/** A text in which ¦ marks the cursor. */
export function cursor(source: string): { readonly text: string; readonly offset: number } {
  const offset = source.indexOf('¦');
  return { text: source.replace('¦', ''), offset };
}

/** The text after edits that do not overlap. */
export function edited(
  text: string,
  edits: readonly { readonly offset: number; readonly length: number; readonly text: string }[],
): string {
  return [...edits]
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (whole, { offset, length, text: own }) => whole.slice(0, offset) + own + whole.slice(offset + length),
      text,
    );
}
