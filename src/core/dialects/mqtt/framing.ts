/** Where one MQTT packet lies (MQTT 5 2.1): head byte, Remaining Length, then that many bytes. */
export type MqttPart =
  | { readonly kind: 'packet'; readonly end: number }
  /** Not whole yet; `length` is that of the whole packet once its head says so. */
  | { readonly kind: 'partial'; readonly length: number | null }
  | { readonly kind: 'broken'; readonly problem: string };

/** Reads the fixed header at `at`, which must be within the bytes. */
export function frameMqtt(bytes: Uint8Array, at: number): MqttPart {
  let remaining = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return { kind: 'partial', length: null };
    remaining += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) {
      const length = 1 + i + remaining;
      return at + length <= bytes.length ? { kind: 'packet', end: at + length } : { kind: 'partial', length };
    }
  }
  return { kind: 'broken', problem: 'Remaining Length of more than four bytes' };
}
