import protobuf from 'protobufjs';
import type { WebSocket } from 'ws';

const { root } = protobuf.parse(`
  syntax = "proto3";
  package prices;
  enum Side { SIDE_UNKNOWN = 0; BID = 1; ASK = 2; }
  message Ask { string symbol = 1; Side side = 2; uint32 count = 3; }
  message Quote { string symbol = 1; Side side = 2; double price = 3; uint64 sequence = 4; }
`);
const Ask = root.lookupType('prices.Ask');
const Quote = root.lookupType('prices.Quote');

/** As many quotes as are asked for, written by protobufjs from a schema of its own. */
export function servePrices(socket: WebSocket): void {
  socket.on('message', (data: Buffer) => {
    const { symbol, side, count } = Ask.toObject(Ask.decode(data)) as { symbol: string; side: number; count: number };
    for (let sequence = 1; sequence <= count; sequence++) {
      socket.send(Quote.encode(Quote.create({ symbol, side, price: 100 + sequence / 4, sequence })).finish());
    }
  });
}
