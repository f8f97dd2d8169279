import { counted, decoded, tooMany, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { isTooLong, textOf } from '../messageText.js';
import { isJsonContainer } from '../shape/jsonShape.js';
import { createDecoder as createStompDecoder } from '../stomp/decode.js';
import { isStompOpening } from '../stomp/opening.js';
import { RawJson } from '../value/rawJson.js';

const MAX_CARRIED = 10_000;

/** https://sockjs.github.io/sockjs-protocol/sockjs-protocol-0.3.3.html: frames of the server, and what both sides carry in lists. */
class SockJsDecoder implements DialectDecoder {
  readonly #stomp: DialectDecoder;
  #speaksStomp: boolean;

  constructor(stomp: DialectDecoder, speaksStomp: boolean) {
    this.#stomp = stomp;
    this.#speaksStomp = speaksStomp;
  }

  decode(message: DialectMessage): readonly Decoded[] {
    if (message.binary) return [unreadable(`${message.bytes.length} bytes`, 'SockJS frames are text')];
    const text = textOf(message);
    if (isTooLong(message)) return [unreadable(text, 'longer than 1 MiB: not decoded')];
    if (message.direction === 'sent') return this.#carried(text, text, message);
    const rest = text.slice(1);
    switch (text[0]) {
      case 'o':
        return [decoded({ label: 'open', role: 'control' })];
      case 'h':
        return [decoded({ label: 'heartbeat', role: 'heartbeat' })];
      case 'a':
      case 'm':
        return this.#carried(rest, text, message);
      case 'c':
        return [closed(rest, text)];
      default:
        return [unreadable(text, 'no SockJS frame')];
    }
  }

  fork(): SockJsDecoder | null {
    const stomp = this.#stomp.fork?.() ?? null;
    return stomp && new SockJsDecoder(stomp, this.#speaksStomp);
  }

  /** A list of texts, or one; each is a message of the protocol inside. */
  #carried(json: string, frame: string, message: DialectMessage): readonly Decoded[] {
    const value = parsed(json);
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every((text) => typeof text === 'string')) return [unreadable(frame, 'no list of texts')];
    if (texts.length === 0) return [decoded({ label: counted(0, 'message'), role: 'control' })];
    const all = texts.slice(0, MAX_CARRIED).flatMap((text) => [...this.#inside(text, message)]);
    const left = texts.length - MAX_CARRIED;
    return left > 0 ? [...all, tooMany(`${left} messages`, 'messages')] : all;
  }

  #inside(text: string, message: DialectMessage): readonly Decoded[] {
    this.#speaksStomp ||= isStompOpening(text);
    if (this.#speaksStomp) return this.#stomp.decode({ ...message, bytes: Buffer.from(text) });
    return [decoded({ label: text, role: 'event', value: () => (isJsonContainer(text) ? new RawJson(text) : text) })];
  }
}

/** `c[3000,"Go away!"]`: the reason that no Close frame of WebSocket says. */
function closed(json: string, frame: string): Decoded {
  const value = parsed(json);
  if (!Array.isArray(value)) return unreadable(frame, 'no code and reason');
  const [code, reason] = value as readonly unknown[];
  return decoded({
    label: ['close', JSON.stringify(code), typeof reason === 'string' && reason],
    role: 'control',
    value: () => ({ code, reason }),
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export function createDecoder(): DialectDecoder {
  return new SockJsDecoder(createStompDecoder(), false);
}
