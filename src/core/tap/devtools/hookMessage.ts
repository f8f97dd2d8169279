import type { HeaderPair } from '../../base/model.js';
import { type Fields, numberOf, parseFields, textOf } from './wire.js';

/** What a hook tells; the program that it is in may say anything in its place. */
export type HookMessage =
  | {
      readonly kind: 'new';
      readonly socket: number;
      readonly url: string;
      readonly side: 'client' | 'server';
      /** False for one that was open before the hook was there. */
      readonly isFresh: boolean;
      readonly peer: string | null;
      readonly subprotocol: string | null;
      readonly headers: readonly HeaderPair[];
    }
  | { readonly kind: 'open'; readonly socket: number; readonly subprotocol: string | null }
  | {
      readonly kind: 'message';
      readonly socket: number;
      readonly sent: boolean;
      readonly binary: boolean;
      readonly bytes: Uint8Array;
      readonly payloadBytes: number;
    }
  | { readonly kind: 'error'; readonly socket: number; readonly text: string }
  | {
      readonly kind: 'close';
      readonly socket: number;
      readonly code: number;
      readonly reason: string;
      readonly clean: boolean;
    }
  | { readonly kind: 'lost'; readonly messages: number };

const MAX_TEXT = 8_192;
const MAX_HEADERS = 200;

/** Null for what no hook of ours says. */
export function readHookMessage(payload: string): HookMessage | null {
  const said = parseFields(payload);
  if (!said) return null;
  if (said['t'] === 'lost') return { kind: 'lost', messages: countOf(said['n']) ?? 1 };
  const socket = countOf(said['s']);
  if (socket === null) return null;
  switch (said['t']) {
    case 'new':
      return newSocket(said, socket);
    case 'open':
      return { kind: 'open', socket, subprotocol: textOf(said['pr'], 200) || null };
    case 'msg':
      return message(said, socket);
    case 'err':
      return { kind: 'error', socket, text: textOf(said['e'], 500) ?? '' };
    case 'close': {
      const code = countOf(said['c']);
      if (code === null || code > 65_535) return null;
      return { kind: 'close', socket, code, reason: textOf(said['r'], 200) ?? '', clean: said['w'] === true };
    }
    default:
      return null;
  }
}

function newSocket(said: Fields, socket: number): HookMessage {
  const flat = Array.isArray(said['h']) ? said['h'].slice(0, 2 * MAX_HEADERS) : [];
  const headers: HeaderPair[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const [name, value] = [textOf(flat[at], MAX_TEXT), textOf(flat[at + 1], MAX_TEXT)];
    if (name !== null && value !== null) headers.push([name, value]);
  }
  return {
    kind: 'new',
    socket,
    url: textOf(said['u'], MAX_TEXT) ?? '',
    side: said['k'] === 'server' ? 'server' : 'client',
    isFresh: said['f'] !== 0,
    peer: textOf(said['a'], 200) || null,
    subprotocol: textOf(said['pr'], 200) || null,
    headers,
  };
}

function message(said: Fields, socket: number): HookMessage | null {
  const payload = textOf(said['p'], 4 * 1024 * 1024);
  if (payload === null) return null;
  const form = said['b'];
  // 2: text that the program had as bytes.
  const bytes = Buffer.from(payload, form === 0 ? 'utf8' : 'base64');
  const payloadBytes = Math.max(bytes.length, countOf(said['n']) ?? 0);
  return { kind: 'message', socket, sent: said['d'] === 1, binary: form === 1, bytes, payloadBytes };
}

function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
