/** The words of a language for a page, as an element that is no script; nothing where the editor speaks English. */
export function pageWords(bundle: Readonly<Record<string, string>> | undefined): string {
  if (bundle === undefined) return '';
  return `<script type="application/json" id="l10n">${JSON.stringify(bundle).replaceAll('<', '\\u003c')}</script>\n`;
}
