/** What a person reads of an error. */
export function messageOf(error: unknown): { code: string | null; message: string; hint: string | null } {
  if (error instanceof Error) {
    const { code, hint } = error as { code?: unknown; hint?: unknown };
    const textOr = (value: unknown) => (typeof value === 'string' ? value : null);
    return { code: textOr(code), message: error.message, hint: textOr(hint) };
  }
  return { code: null, message: String(error), hint: null };
}
