import { randomBytes } from 'node:crypto';
import type { Attempt } from '../base/model.js';
import type { ResponseHead } from '../handshake/handshake.js';
import { ResponseHeadReader } from '../handshake/responseHeadReader.js';
import type { LookOptions } from './answersTls.js';
import { failed, type Outcome, success, wait } from './outcome.js';
import { MAX_HEADER_BYTES } from './webSocketOptions.js';

/**
 * Asks an address that did not finish a TLS handshake for a WebSocket in plain HTTP: one more connection to where we just were,
 * with nothing in the request but what every opening handshake has (RFC 6455 4.1). Gives the head of the answer.
 */
export function answersPlain(
  { address, family, port }: Attempt,
  { authority, path }: { readonly authority: string; readonly path: string },
  { network, signal, timeoutMs }: LookOptions,
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
      const socket = network.connect(address, family, port);
      socket.on('data', (chunk: Uint8Array) => {
        const step = reader.push(chunk);
        if (step.state === 'head') settle(success(step.head));
        else if (step.state === 'error') settle(failed('upgrade', step.kind, step.message));
      });
      socket.once('end', () => settle(failed('upgrade', 'end', 'The peer ended the connection without an answer.')));
      socket.on('error', ({ message }) => settle(failed('upgrade', 'error', message)));
      socket.write(requestFor(authority, path));
      return () => socket.destroy();
    },
  );
}

function requestFor(authority: string, path: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${authority}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
