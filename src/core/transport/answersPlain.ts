import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { ResponseHead } from '../handshake/handshake.js';
import { ResponseHeadReader } from '../handshake/responseHeadReader.js';
import type { LookOptions } from './answersTls.js';
import { failed, type Outcome, success, wait } from './outcome.js';
import { MAX_HEADER_BYTES } from './webSocketOptions.js';

export interface PlainRequest {
  readonly authority: string;
  readonly path: string;
  readonly upgrade: boolean;
  /** What stands before the request. */
  readonly before?: string;
}

/**
 * Asks in plain HTTP over one more connection to where we just were, with nothing in the request but what every opening handshake
 * has (RFC 6455 4.1), or, without the upgrade, every request. Gives the head of the answer.
 */
export function answersPlain(
  socket: Duplex,
  { authority, path, upgrade, before = '' }: PlainRequest,
  { signal, timeoutMs }: Pick<LookOptions, 'signal' | 'timeoutMs'>,
): Promise<Outcome<ResponseHead>> {
  return wait<ResponseHead>(
    {
      phase: 'upgrade',
      timeoutMs,
      timeoutMessage: `No answer to plain HTTP within ${timeoutMs} ms.`,
      signal,
    },
    (settle) => {
      const reader = new ResponseHeadReader({ maxBytes: MAX_HEADER_BYTES });
      socket.on('data', (chunk: Uint8Array) => {
        const step = reader.push(chunk);
        if (step.state === 'head') settle(success(step.head));
        else if (step.state === 'error') settle(failed('upgrade', step.kind, step.message));
      });
      socket.once('end', () => settle(failed('upgrade', 'end', 'The peer ended the connection without an answer.')));
      socket.on('error', ({ message }) => settle(failed('upgrade', 'error', message)));
      socket.write(before + requestFor(authority, path, upgrade));
      return () => socket.destroy();
    },
  );
}

function requestFor(authority: string, path: string, upgrade: boolean): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${authority}`,
    ...(upgrade
      ? [
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ]
      : ['Connection: close']),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
