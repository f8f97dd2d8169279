import { clientFrame, hex, upgradeResponse } from '../../../support/rawClient.js';

/** One request to the playground and the bytes that come back for it. */
export interface Row {
  /** As in `paths`. */
  readonly path: string;
  readonly ask: string;
  readonly headers?: readonly string[];
  /** A whole request instead of the opening one. */
  readonly request?: string;
  /** Sent behind the request, in the same write. */
  readonly sends?: Uint8Array;
  /** Everything that comes, in order; of an endless answer its beginning. */
  readonly gives: Buffer;
  /** `peer`: stays open, and the next thing to come is the answer to a ping. `open`: stays open. */
  readonly ends: 'fin' | 'rst' | 'peer' | 'open';
}

export const HELLO = clientFrame(1, 'hello');
export const ECHOED = hex('81 05 68656c6c6f');

export const join = (...parts: (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** A right 101 and these bytes. */
export const open = (...bytes: (string | Buffer)[]): Buffer => join(upgradeResponse(), ...bytes);

export const peer = (path: string, ask: string, gives: Buffer, more: Partial<Row> = {}): Row => ({
  path,
  ask,
  gives,
  ends: 'peer',
  ...more,
});

export const echoes = (path: string, gives = upgradeResponse(), headers: readonly string[] = [], ask = path): Row =>
  peer(path, ask, join(gives, ECHOED), { headers, sends: HELLO });

export const protocol = (value: string): string => upgradeResponse([`Sec-WebSocket-Protocol: ${value}`]);
export const extension = (value: string): string => upgradeResponse([`Sec-WebSocket-Extensions: ${value}`]);
export const OFFER = ['Sec-WebSocket-Protocol: chat, news'];
export const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'];
export const text = (payload: string): Buffer => join(Buffer.from([0x81, payload.length]), payload);
