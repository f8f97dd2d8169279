import type { CloseCode } from '../close/closeCode.js';
import { type CloseExplanation, explainClose, type ExplainCloseOptions } from '../close/explainClose.js';
import { IANA_CODES } from '../close/iana.js';
import { CLOSING_TABLES, findDialect } from './registry.js';

export interface ExplainDialectCloseOptions extends Omit<ExplainCloseOptions, 'closing' | 'tables'> {
  /** Canonical name, alias or subprotocol token; one that is unknown decides nothing. */
  readonly dialect?: string | null | undefined;
}

/** The whole data: the IANA registry first, then each dialect's own codes. */
export const CLOSE_CODES: readonly CloseCode[] = [...IANA_CODES, ...CLOSING_TABLES.flatMap(({ codes }) => codes)];

/** `explainClose` for a dialect by its name, with every protocol that is known. */
export function explainDialectClose(code: number, options: ExplainDialectCloseOptions = {}): CloseExplanation {
  const { dialect, ...rest } = options;
  const closing = dialect ? findDialect(dialect)?.closing : null;
  return explainClose(code, { ...rest, closing, tables: CLOSING_TABLES });
}
