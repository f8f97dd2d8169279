const MAX_SHOWN = 200;

/** A value as JSON text. */
export function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** At most 200 characters, those that no reader sees replaced. */
export function cut(text: string): string {
  const visible = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return visible.length > MAX_SHOWN ? `${visible.slice(0, MAX_SHOWN - 1)}…` : visible;
}

/** A text as far as it is shown, in quotes. */
export function quoted(text: string): string {
  return cut(JSON.stringify(text.slice(0, MAX_SHOWN)));
}

export function describeBytes(bytes: Uint8Array): string {
  const pairs = [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `binary, ${bytes.length} bytes: ${pairs}${bytes.length > 32 ? ' …' : ''}`;
}
