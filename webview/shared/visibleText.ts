export interface TextPart {
  readonly text: string;
  /** True when `text` stands for a character that would not show, or would reorder what is around it. */
  readonly escaped: boolean;
}

// C0 and C1 controls, DEL, soft hyphen, bidirectional marks and overrides, zero-width and line separators, tag characters,
// lone surrogates. Tab and line feed are the caller's choice; the joiners U+200C and U+200D belong to words and emoji.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Splits text of a stranger into what may stand as it is and what is written out (`\u202e`), so that nothing hides. */
export function visibleParts(text: string, options: { readonly multiline?: boolean } = {}): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  const keep = options.multiline ? /[\n\t]/ : /\t/;
  for (const match of text.matchAll(HIDDEN)) {
    if (keep.test(match[0])) continue;
    if (options.multiline && match[0] === '\r' && text[match.index + 1] === '\n') {
      parts.push({ text: text.slice(from, match.index), escaped: false });
      from = match.index + 1;
      continue;
    }
    if (match.index > from) parts.push({ text: text.slice(from, match.index), escaped: false });
    parts.push({ text: escapeOf(match[0]), escaped: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), escaped: false });
  return parts;
}

/** The same as one string. */
export function visibleText(text: string, options: { readonly multiline?: boolean } = {}): string {
  return visibleParts(text, options)
    .map((part) => part.text)
    .join('');
}

function escapeOf(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    default: {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
      return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
    }
  }
}
