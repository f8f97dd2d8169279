/** Valid JSON text kept as it was received: key order, duplicate keys and every digit. */
export class RawJson {
  constructor(readonly text: string) {}

  /** For those who serialise with `JSON.stringify`: digits past 2^53 are lost there, not in `renderValue`. */
  toJSON(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      return this.text;
    }
  }
}
