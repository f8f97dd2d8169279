import type * as Language from '../../core/language/index.js';

/** What is known of a profile's text is loaded with the first question about one, not with the window. */
export function loadLanguage(): Promise<typeof Language> {
  return import('../../core/language/index.js');
}
