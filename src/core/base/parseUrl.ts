/** A URL, or null. Not by `URL.canParse`: once optimised, that of Node 20 refuses names outside ASCII which `new URL` takes. */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
