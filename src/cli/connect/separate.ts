const MAX_BYTES = 64 * 1024 * 1024;

/** A message longer than any that is sent: more than 64 MiB without a separator. */
export class TooLongError extends Error {}

/**
 * The messages of a pipe, each without its separator; a line loses a `\r` before its `\n` too. The last one needs no separator.
 * With null all of it is one message.
 */
export async function* separate(input: AsyncIterable<unknown>, separator: '\n' | '\0' | null): AsyncGenerator<Buffer> {
  const next = (bytes: Buffer, from: number) => (separator === null ? -1 : bytes.indexOf(separator, from));
  let parts: Buffer[] = [];
  let size = 0;
  const whole = () => {
    const message = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    parts = [];
    size = 0;
    return separator === '\n' && message.at(-1) === 0x0d ? message.subarray(0, -1) : message;
  };
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let from = 0;
    for (let at = next(bytes, 0); at >= 0; at = next(bytes, from)) {
      parts.push(bytes.subarray(from, at));
      from = at + 1;
      yield whole();
    }
    if (from === bytes.length) continue;
    parts.push(bytes.subarray(from));
    size += bytes.length - from;
    if (size > MAX_BYTES) throw new TooLongError('more than 64 MiB in one message');
  }
  if (parts.length > 0) yield whole();
}
