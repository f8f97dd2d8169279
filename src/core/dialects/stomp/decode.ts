import { ByteQueue } from '../byteQueue.js';
import { decoded, hash, tooMany, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { headerOf, readStomp, type StompFrame } from './frame.js';
import { bodyValue } from '../value/bodyValue.js';

/** Clients split frames over messages (stompjs: `splitLargeFrames`): this much is kept of one that is not whole. */
export const MAX_STOMP_FRAME = 1_048_576;
const MAX_FRAMES = 10_000;
const MAX_FORKED_BYTES = 65_536;

/** A frame of one direction that is not whole yet, and how long it must at least become. */
interface Pending {
  readonly queue: ByteQueue;
  need: number | null;
}

class StompDecoder implements DialectDecoder {
  #pending: Readonly<Record<DialectMessage['direction'], Pending>> = {
    sent: { queue: new ByteQueue(), need: null },
    received: { queue: new ByteQueue(), need: null },
  };

  decode({ direction, bytes }: DialectMessage): readonly Decoded[] {
    const pending = this.#pending[direction];
    if (pending.queue.length === 0) return this.#frames(bytes, direction);
    // What grows beyond all bounds was no beginning: it must not hide the frames that follow.
    if (pending.queue.length + bytes.length > MAX_STOMP_FRAME) {
      const lost = unreadable(`${pending.queue.take().length} bytes`, 'a frame without end');
      return [lost, ...this.#frames(bytes, direction)];
    }
    pending.queue.push(bytes);
    const { length } = pending.queue;
    const goesOn = pending.need === null ? !bytes.includes(0) && !bytes.includes(0x0a) : length < pending.need;
    return goesOn ? [part(length)] : this.#frames(pending.queue.take(), direction);
  }

  fork(): StompDecoder | null {
    const { sent, received } = this.#pending;
    if (sent.queue.length + received.queue.length > MAX_FORKED_BYTES) return null;
    const fork = new StompDecoder();
    const copy = ({ queue, need }: Pending): Pending => ({ queue: queue.copy(), need });
    fork.#pending = { sent: copy(sent), received: copy(received) };
    return fork;
  }

  #frames(bytes: Uint8Array, direction: DialectMessage['direction']): readonly Decoded[] {
    const all: Decoded[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (all.length >= MAX_FRAMES) return [...all, tooMany(`${bytes.length - at} bytes`, 'frames')];
      const found = readStomp(bytes, at);
      if (found.kind === 'partial') return [...all, this.#keep(bytes.subarray(at), found.need, direction)];
      if (found.kind === 'broken') return [...all, unreadable(`${bytes.length - at} bytes`, found.problem)];
      const isFrame = found.kind === 'frame';
      all.push(isFrame ? describe(found.frame, direction) : decoded({ label: 'heartbeat', role: 'heartbeat' }));
      at = isFrame ? endOf(bytes, found.end) : found.end;
    }
    return all;
  }

  #keep(rest: Uint8Array, need: number | null, direction: DialectMessage['direction']): Decoded {
    const length = Math.max(rest.length, need ?? 0);
    if (length > MAX_STOMP_FRAME) return unreadable(`part of a frame (${length} bytes)`, 'longer than 1 MiB');
    const pending = this.#pending[direction];
    pending.queue.push(rest);
    pending.need = need;
    return part(rest.length);
  }
}

function part(length: number): Decoded {
  return decoded({ label: `part of a frame (${length} bytes so far)`, role: 'control' });
}

/** Line breaks may follow the NUL of a frame: at the end of a message they are part of its frame, not heartbeats. */
function endOf(bytes: Uint8Array, end: number): number {
  let at = end;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at++;
  return at;
}

function describe(frame: StompFrame, direction: DialectMessage['direction']): Decoded {
  const { command } = frame;
  const header = (name: string): string | null => headerOf(frame, name);
  const destination = header('destination');
  const receipt = header('receipt');
  const answers = header('receipt-id');
  const connects = command === 'CONNECT' || command === 'STOMP';
  const names = [command, destination ?? (command === 'CONNECTED' ? header('version') : null)];
  return decoded({
    label: [
      ...names,
      command === 'SUBSCRIBE' && hash(header('id')),
      answers ?? (receipt && `receipt ${receipt}`),
      command === 'ERROR' && header('message'),
    ],
    role: roleOf(command, receipt),
    correlation:
      answers !== null ? `receipt ${answers}` : receipt !== null ? `receipt ${receipt}` : connectOf(command, connects),
    operation: connects
      ? 'CONNECT'
      : receipt !== null || destination !== null
        ? [command, destination].filter(Boolean).join(' ')
        : null,
    value: () => valueOf(frame, direction),
  });
}

function roleOf(command: string, receipt: string | null): Decoded['role'] {
  if (command === 'CONNECT' || command === 'STOMP') return 'request';
  if (command === 'CONNECTED' || command === 'RECEIPT') return 'reply';
  if (command === 'ERROR') return 'error';
  if (command === 'MESSAGE') return 'event';
  if (receipt !== null) return 'request';
  return command === 'SEND' ? 'event' : 'control';
}

/** An ERROR that names no receipt refuses the connection, if that is still awaited. */
function connectOf(command: string, connects: boolean): string | null {
  return connects || command === 'CONNECTED' || command === 'ERROR' ? 'connect' : null;
}

function valueOf({ command, headers, body }: StompFrame, direction: DialectMessage['direction']): unknown {
  const secret = (name: string): boolean => direction === 'sent' && name === 'passcode';
  const shown = new Map<string, string>();
  for (const [name, value] of headers) if (!shown.has(name)) shown.set(name, secret(name) ? '••••' : value);
  return { command, headers: shown, body: body.length === 0 ? undefined : bodyValue(body) };
}

export function createDecoder(): DialectDecoder {
  return new StompDecoder();
}
