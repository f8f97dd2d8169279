import type { Direction } from '../../base/model.js';
import { utf8 } from '../messageText.js';

/** The five parts of a Phoenix message; of a reply the event is `phx_reply` and `status` is set. */
export interface PhoenixMessage {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly status: string | null;
}

/** Which lengths follow the kind: 0 push, 1 reply, 2 broadcast. Pushes of the server have no ref. */
function fieldsOf(kind: number | undefined, direction: Direction): readonly string[] | null {
  if (kind === 0) return direction === 'sent' ? ['joinRef', 'ref', 'topic', 'event'] : ['joinRef', 'topic', 'event'];
  if (kind === 1) return ['joinRef', 'ref', 'topic', 'status'];
  return kind === 2 ? ['topic', 'event'] : null;
}

/** Serializer V2 of Phoenix: kind, a length of one byte for each field, the fields, the payload. Null when cut off. */
export function parsePhoenixBinary(
  bytes: Uint8Array,
  direction: Direction,
): (PhoenixMessage & { readonly payload: Uint8Array }) | null {
  const names = fieldsOf(bytes[0], direction);
  if (names === null || bytes.length < 1 + names.length) return null;
  const fields: Record<string, string> = {};
  let at = 1 + names.length;
  for (const [index, name] of names.entries()) {
    const end = at + (bytes[index + 1] ?? 0);
    if (end > bytes.length) return null;
    fields[name] = utf8(bytes.subarray(at, end));
    at = end;
  }
  return {
    joinRef: fields['joinRef'] || null,
    ref: fields['ref'] || null,
    topic: fields['topic'] ?? '',
    event: fields['event'] ?? 'phx_reply',
    status: fields['status'] ?? null,
    payload: bytes.subarray(at),
  };
}
