import { hexText } from '../../src/core/text/hex.js';
import type { LogMode, LogRow, OutgoingMessage } from '../../src/protocol/session.js';
import { decodeText } from '../detail/payloadModel.js';
import type { Ask } from '../shared/parts.js';
import { logWords } from './strings.js';

/** As much of a payload as is copied, and as is put into the composer. */
const MAX_COPIED = 8 * 1024 * 1024;
const MAX_EDITED = 256 * 1024;
export const MAX_FILTERED = 60;

/** Whether a row is a message that can be sent as such. */
export function isMessage({ kind }: LogRow): boolean {
  return kind === 'text' || kind === 'binary';
}

/** What a row says: its text, else its bytes in hex. */
export async function textOf(ask: Ask, row: LogRow, mode: LogMode): Promise<string> {
  if (row.kind === 'event') return row.preview;
  const { bytes, binary } = await read(ask, row, mode, MAX_COPIED);
  return (binary ? null : decodeText(bytes, true)) ?? hexText(bytes);
}

/** What a row carries, byte by byte. */
export async function bytesOf(ask: Ask, row: LogRow, mode: LogMode): Promise<Uint8Array> {
  return (await read(ask, row, mode, MAX_COPIED)).bytes;
}

export function base64Text(bytes: Uint8Array): string {
  let text = '';
  // More arguments than some thousand are too many for one call.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** A row's message as the composer takes it. */
export async function draftOf(ask: Ask, row: LogRow, mode: LogMode): Promise<OutgoingMessage> {
  const { bytes, binary } = await read(ask, row, mode, MAX_EDITED);
  const text = binary ? null : decodeText(bytes, true);
  return text === null
    ? { format: 'hex', content: hexText(bytes), binary: true }
    : { format: 'text', content: text, binary: false };
}

/** The filter that the cell of a row stands for. */
export function filterOf(row: LogRow, cell: string): string {
  if (row.kind === 'event') return 'kind:event';
  if (cell === 'direction') return row.direction === 'sent' ? 'dir:out' : 'dir:in';
  const value = row.values?.[cell];
  if (value?.literal) return `${cell} == ${value.literal}`;
  if (value) return cell;
  if (cell !== 'content' || !isMessage(row)) return `kind:${row.kind}`;
  const named = /"(type|event|method|op|action|channel|topic)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)/.exec(row.preview);
  // The path of a value in the depth of a message is not known from its beginning alone.
  if (named && !row.preview.slice(1, named.index).includes('{')) return `$.${named[1]} == ${named[2]}`;
  return JSON.stringify(row.preview.slice(0, MAX_FILTERED));
}

async function read(ask: Ask, row: LogRow, mode: LogMode, max: number) {
  const payload = await ask('viewPayload', { id: row.id, mode, offset: 0, length: max });
  if (!payload.available) throw new Error(logWords.menu.gone);
  if (payload.totalBytes > max) throw new Error(logWords.menu.tooLong);
  return payload;
}
