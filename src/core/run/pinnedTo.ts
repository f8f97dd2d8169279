import type { Attempt } from '../base/model.js';
import type { Network } from '../transport/network.js';

/** The same network, where a host has no address but the one that was reached. */
export function pinnedTo(network: Network, host: string, { address, family }: Attempt): Network {
  return {
    lookup: (name) => (name === host ? Promise.resolve([{ address, family }]) : network.lookup(name)),
    connect: (...where) => network.connect(...where),
  };
}
