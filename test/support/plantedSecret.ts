/** Long enough for every spelling, and short enough for a Close reason in the longest of them. */
export const SECRET = 'kz/"hunter2-q';
/** Of the secret: no output has it in any reading. */
const CORE = 'hunter2';

/** The spellings that redaction promises to know. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  plain: SECRET,
  'URL-encoded': encodeURIComponent(SECRET),
  'JSON-escaped': JSON.stringify(SECRET).slice(1, -1),
  hexadecimal: Buffer.from(SECRET).toString('hex'),
  'hexadecimal pairs': Buffer.from(SECRET)
    .toString('hex')
    .replace(/..(?=.)/g, '$& '),
  base64: Buffer.from(SECRET).toString('base64'),
};

/** What is left of the secret in an output, in any spelling; null when it holds none. */
export function traceOf(output: string): string | null {
  const seen = output.replace(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}]/gu, '');
  for (const core of CORES) {
    const at = seen.toLowerCase().indexOf(core.toLowerCase());
    if (at >= 0) return seen.slice(Math.max(0, at - 60), at + 60);
  }
  return null;
}

const HEX = Buffer.from(CORE).toString('hex');
const CORES: readonly string[] = [
  CORE,
  HEX,
  HEX.replace(/..(?=.)/g, '$& '),
  ...[0, 1, 2].map((shift) => {
    const digits = Buffer.concat([Buffer.alloc(shift), Buffer.from(CORE)]).toString('base64');
    return digits.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + CORE.length) * 8) / 6));
  }),
];
