/** What becomes of bytes in a value. */
export type BytesValue = (bytes: Uint8Array) => unknown;

type Special = (value: object, plain: (inner: unknown) => unknown) => unknown;

/** What the MessagePack library gives, JSON-like: bytes, timestamps and extensions as objects with a `$` key. */
export function plainMsgpack(
  value: unknown,
  ExtData: new (...args: never) => { readonly type: number; readonly data: unknown },
  bytes: BytesValue,
): unknown {
  return plain(value, bytes, (item, inner) =>
    item instanceof ExtData ? { $ext: item.type, data: inner(item.data) } : undefined,
  );
}

/** What the CBOR library gives, JSON-like: tags as `{ $tag, value }`, big numbers as bigint, Maps kept in their order. */
export function plainCbor(value: unknown, bytes: BytesValue): unknown {
  return plain(value, bytes, (item, inner) => {
    if ('tag' in item && 'contents' in item) return plainTag(Number(item.tag), item.contents, inner);
    return 'value' in item && typeof item.value === 'number' ? { $simple: item.value } : undefined;
  });
}

function plain(value: unknown, bytes: BytesValue, special: Special): unknown {
  if (value === undefined) return { $undefined: true };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return bytes(value);
  if (value instanceof Date) return { $timestamp: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  const inner = (item: unknown): unknown => plain(item, bytes, special);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, inner(item)]));
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
  }
  return special(value, inner) ?? { $type: value.constructor.name };
}

/** RFC 8949 3.4.3: tags 2 and 3 are integers of any size. A few thousand digits are enough to look at. */
function plainTag(tag: number, contents: unknown, inner: (item: unknown) => unknown): unknown {
  if ((tag === 2 || tag === 3) && contents instanceof Uint8Array && contents.length <= 512) {
    const magnitude = BigInt(`0x0${Buffer.from(contents).toString('hex')}`);
    return tag === 2 ? magnitude : -1n - magnitude;
  }
  return { $tag: tag, value: inner(contents) };
}
