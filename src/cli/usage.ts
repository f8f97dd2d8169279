import { ProbeError } from '../core/base/errors.js';

/** Public: scripts act on them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, noConnection: 3, fault: 70, interrupted: 130 } as const;

/** Bad usage: exit 2, one sentence, the next step. */
export function usageError(message: string, hint?: string): ProbeError {
  return new ProbeError('usage', message, hint === undefined ? {} : { hint });
}

/** What core finds wrong with what the caller gave, as bad usage; any other error as it is. `about`: the name of a file. */
export function asUsage(error: unknown, about?: string): unknown {
  if (!(error instanceof ProbeError)) return error;
  return usageError(about === undefined ? error.message : `${about}: ${error.message}`, error.hint ?? undefined);
}

type BadInput = ProbeError & { readonly code: 'usage' | `payload-${string}` | `profile.${string}` };

/** What the caller gave cannot be used: bad usage, or a file or variable of a message that is not there. Exit 2. */
export function isBadInput(error: unknown): error is BadInput {
  return error instanceof ProbeError && /^(usage$|payload-|profile\.)/.test(error.code);
}

/** Why it cannot go on, where neither the caller nor we are to blame. */
export function tooManyFiles(code: string): string {
  return `too many files are open on this machine (${code}): lower --concurrency, or raise the limit (ulimit -n)`;
}

/** What the system, or we, say about a file, as bad usage: its code and no stack. */
export function fileError(what: string, error: unknown): ProbeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'NOT_REGULAR') return usageError(`cannot ${what} (no regular file)`);
  const words = { ENOSPC: 'the disk is full', EISDIR: 'it is a folder', EEXIST: 'it is a file', ENOTDIR: 'no folder' }[
    code
  ];
  return usageError(`cannot ${what} (${words === undefined ? '' : `${words}, `}${code})`);
}
