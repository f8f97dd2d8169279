export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const TRANSLITERATION: Record<string, string> = {
  '…': '...',
  '·': '-',
  '•': '-',
  '→': '->',
  '←': '<-',
  '⇒': '=>',
  '≤': '<=',
  '≥': '>=',
  '≈': '~',
  '×': 'x',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '␤': ' ',
};

/** What an ASCII terminal can show: known signs in other words, the rest as `?`. */
export function toAscii(text: string): string {
  return text.replace(/[^\t\n\u0020-\u007e\u001b]/gu, (letter) => TRANSLITERATION[letter] ?? '?');
}
