/** A text in which `${` means just that, as it must be written in a profile. */
export function escapeVariables(text: string): string {
  return text.replaceAll('${', () => '$${');
}
