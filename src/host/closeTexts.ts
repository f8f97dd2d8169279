import type * as CloseTexts from '../core/dialects/explainDialectClose.js';

let loaded: typeof CloseTexts | null = null;

/** The explanations of close codes are many: they are loaded when the first is needed, not with the window. */
export async function loadCloseTexts(): Promise<typeof CloseTexts> {
  loaded ??= await import('../core/dialects/explainDialectClose.js');
  return loaded;
}

/** Null until they are loaded. */
export function closeTexts(): typeof CloseTexts | null {
  return loaded;
}
