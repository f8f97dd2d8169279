/** `vscode.l10n` for what is tested outside of VS Code. */
export interface Localizer {
  t(message: string, ...args: readonly (string | number | boolean)[]): string;
}
