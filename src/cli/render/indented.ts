/** A JSON text further in. Line breaks of it stand between its values, never in them. */
export function indented(json: string, by: string): string {
  return by + json.replaceAll('\n', `\n${by}`);
}
