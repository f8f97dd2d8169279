const JSON_ESCAPE = String.raw`\\{1,7}u(?:00(?:[01][0-9a-fA-F]|[89][0-9a-fA-F]|7[fF]|[aA][dD])|061[cC]|180[eE]|20(?:0[b-fB-F]|2[a-eA-E]|6[0-9a-fA-F])|[fF][eE][fF][fF])`;
/** Line breaks and tabs are seen. Also escaped as in JSON, which a reader undoes. */
const INVISIBLE = new RegExp(String.raw`(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\u2065]|${JSON_ESCAPE}`, 'gu');
/** The same of UTF-8 read as latin1. */
const INVISIBLE_BYTES = new RegExp(
  [
    String.raw`[\0-\x08\x0b\x0c\x0e-\x1f\x7f]`,
    String.raw`\xc2[\x80-\x9f\xad]|\xd8[\x80-\x85\x9c]|\xdb\x9d|\xdc\x8f`,
    String.raw`\xe0(?:\xa2[\x90\x91]|\xa3\xa2)|\xe1\xa0\x8e`,
    String.raw`\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xaf])`,
    String.raw`\xef(?:\xbb\xbf|\xbf[\xb9-\xbb])`,
    String.raw`\xf0(?:\x91\x82\xbd|\x91\x83\x8d|\x93\x90[\xb0-\xbf]|\x9b\xb2[\xa0-\xa3]|\x9d\x85[\xb3-\xba])`,
    String.raw`\xf3\xa0(?:\x80\x81|\x80[\xa0-\xbf]|\x81[\x80-\xbf])`,
    JSON_ESCAPE,
  ].join('|'),
  'g',
);

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Text without what no reader sees, and the way back to where a range of it stood; null when all of it is seen. */
export function seenText(text: string, isLatin1: boolean): { text: string; placeOf(range: Range): Range } | null {
  const invisible = isLatin1 ? INVISIBLE_BYTES : INVISIBLE;
  const seen = text.replace(invisible, '');
  return seen.length === text.length ? null : { text: seen, placeOf: (range) => placeOf(text, invisible, range) };
}

function placeOf(text: string, invisible: RegExp, range: Range): Range {
  let removed = 0;
  let start = -1;
  for (const match of text.matchAll(invisible)) {
    const seenBefore = match.index - removed;
    if (start < 0 && seenBefore > range.start) start = range.start + removed;
    if (seenBefore >= range.end) return { start, end: range.end + removed };
    removed += match[0].length;
  }
  return { start: start < 0 ? range.start + removed : start, end: range.end + removed };
}
