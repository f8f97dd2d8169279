import { type LookupAddress, lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { TurnLimit } from './turnLimit.js';

/** As much as libuv reads at a time. */
const READ_BYTES = 65_536;

/** The two ways out of this process. Injected where a test must let no packet out. */
export type ReadRoom = () => Uint8Array | null;

export interface Network {
  lookup(host: string): Promise<LookupAddress[]>;
  /** With a room the socket reads into what that gives before each read; null stands for any memory. */
  connect(address: string, family: 4 | 6, port: number, room?: ReadRoom): Socket;
}

export const systemNetwork: Network = {
  lookup: (host) =>
    new Promise((resolve, reject) => {
      lookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
    }),
  connect(address, family, port, room) {
    const options = { host: address, port, family, noDelay: true };
    if (room === undefined) return connect(options);
    const turn = new TurnLimit();
    const socket: Socket = connect({
      ...options,
      onread: {
        buffer: () => room() ?? Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (bytes, buffer) => {
          const more = turn.more(bytes);
          return socket.push(buffer.subarray(0, bytes)) && more;
        },
      },
    });
    turn.hold(socket);
    return socket;
  },
};
