/** Compiled as nested groups, so that a secret's whole length would be too deep; what lies beyond is taken for part of it. */
const DEPTH = 48;
/** The first bytes of a character's UTF-8, percent-encoding or JSON escape. */
const CUT_CHARACTER = String.raw`(?:[\xc2-\xf4][\x80-\xbf]{0,2}|(?:%[0-9a-fA-F]{2}){0,3}(?:%[0-9a-fA-F]?)?|\\{1,1000}(?:u[0-9a-fA-F]{0,3})?)`;
/** The last ones; digits may be a character of their own as well. */
const CUT_REST = String.raw`(?:[\x80-\xbf]{1,3}|(?:u?[0-9a-fA-F]{1,4})?(?:%[0-9a-fA-F]{2}){0,3}|\\{0,1000})`;

/**
 * Expressions for text that ends within a secret and for text that begins within one. They find too much rather than too
 * little. Each spelling is a list of expressions, one a character.
 */
export function edgePatterns(spellings: readonly (readonly string[])[]): {
  readonly beginning: RegExp;
  readonly endings: readonly RegExp[];
} {
  const heads = spellings.map((units) => nested(units.slice(0, DEPTH), units.length > DEPTH ? '[^]*' : ''));
  return {
    beginning: new RegExp(`(?:(?:${heads.join('|')})${CUT_CHARACTER}?|${CUT_CHARACTER})$`),
    endings: spellings.map((units) => {
      const tail = nestedFromEnd(units.slice(-DEPTH), units.length > DEPTH ? '[^]*' : '');
      return new RegExp(`^${CUT_REST}?${tail}`);
    }),
  };
}

/** `a(?:b(?:c)?)?`: the first of the units, as many as there are. */
function nested(units: readonly string[], beyond: string): string {
  return units.reduceRight((rest, unit) => (rest === '' ? unit : `${unit}(?:${rest})?`), beyond);
}

/** `(?:(?:a)?b)?c`: the last of them. */
function nestedFromEnd(units: readonly string[], beyond: string): string {
  return units.reduce((before, unit) => (before === '' ? unit : `(?:${before})?${unit}`), beyond);
}
