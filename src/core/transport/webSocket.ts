/** The socket a connection ends in. `ws` is named in this folder only. */
export type { WebSocket } from 'ws';
