import type { Duplex } from 'node:stream';
import type { Direction } from '../../base/model.js';
import type { Lane as LaneName } from '../../session/tapState.js';
import { chance, LaneFaults, type NumberedFault } from '../faults/laneFaults.js';
import { ConnectionFaults } from './connectionFaults.js';
import { takeoverOf } from './inflatedReader.js';
import { ShapedLane } from './lane.js';
import type { RelayedOptions } from './relayedOptions.js';

/** A connection whose messages are looked at: both ways, and the faults of each and of the whole. */
export interface Shaped {
  readonly lanes: Readonly<Record<LaneName, ShapedLane>>;
  readonly laneFaults: Readonly<Record<LaneName, LaneFaults>>;
  readonly faults: ConnectionFaults;
  /** Lets the clock of the timed faults run. */
  start(): void;
}

interface ShapedListener {
  readonly happens: (fault: NumberedFault) => void;
  /** A lane cannot go on; with what went wrong. */
  readonly failed: (why: string) => void;
}

export function shapeLanes(
  options: RelayedOptions,
  server: Duplex,
  parameters: Parameters<typeof takeoverOf>[0] | undefined,
  listener: ShapedListener,
): Shaped {
  const { client, connection, holds, onHeld, random, source } = options;
  const sinceMs = source.now();
  const note = (text: string) => source.note(connection, text);
  const laneFaults = {
    toClient: new LaneFaults(options.faults, connection, 'toClient', random),
    toServer: new LaneFaults(options.faults, connection, 'toServer', random),
  };
  const make = (name: LaneName, from: Duplex, to: Duplex, direction: Direction) =>
    new ShapedLane({
      name,
      from,
      to,
      faults: laneFaults[name],
      clock: source.now,
      sinceMs,
      takeover: parameters === undefined ? null : takeoverOf(parameters, direction),
      holds,
      listener: {
        note,
        happens: listener.happens,
        held: (message) => onHeld(message, connection),
        failed: (error) => listener.failed(error instanceof Error ? error.message : String(error)),
      },
    });
  const lanes = {
    toServer: make('toServer', client, server, 'sent'),
    toClient: make('toClient', server, client, 'received'),
  };
  const faults = new ConnectionFaults({ sides: { toClient: client, toServer: server }, lanes, note });
  const timed = [...laneFaults.toClient.timed, ...laneFaults.toServer.timed];
  const start = () => faults.start(new Set(timed.filter((each) => chance(each, random))));
  return { lanes, laneFaults, faults, start };
}
