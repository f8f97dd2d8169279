import { type LookupAddress, lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';

/** The two ways out of this process. Injected where a test must let no packet out. */
export interface Network {
  lookup(host: string): Promise<LookupAddress[]>;
  connect(address: string, family: 4 | 6, port: number): Socket;
}

export const systemNetwork: Network = {
  lookup: (host) =>
    new Promise((resolve, reject) => {
      lookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
    }),
  connect: (address, family, port) => connect({ host: address, port, family, noDelay: true }),
};
