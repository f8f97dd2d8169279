import type { Fix } from '../../core/base/model.js';
import { optionsOf } from './fixOptions.js';
import type { Page } from './text.js';

/** What a fix says: prose wrapped, everything else to be copied as it stands, for a profile also as options. */
export function putFix(page: Page, fix: Fix): void {
  if (fix.snippet === '') return;
  if (fix.language === 'text') {
    for (const line of fix.snippet.split('\n')) page.row('', line);
    return;
  }
  if (fix.place !== undefined) page.row('', fix.place);
  page.block(fix.snippet);
  const options = optionsOf(fix);
  if (options !== null) page.raw('', `as an option: ${options}`);
}
