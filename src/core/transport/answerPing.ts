import type { WebSocket } from './webSocket.js';

/** Pongs we owe while this much is still unsent are not sent: a flood of pings must not fill our memory. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

export function answerPing(socket: WebSocket, payload: Buffer): void {
  if (socket.bufferedAmount < MAX_BACKLOG_BYTES) socket.pong(payload);
}
