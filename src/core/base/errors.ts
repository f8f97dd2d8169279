/** An error that is ours or the caller's, with a stable code, a text for people and, where there is one, the next step. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  readonly code: string;
  readonly hint: string | null;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}
