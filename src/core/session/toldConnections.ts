import type { ConnectionEnd } from '../base/sessionEvent.js';
import { MAX_CONNECTIONS, type SourceConnection } from './logSource.js';

/** The first connections of a source and what is told of them, bounded: further ones are in the log alone. */
export class ToldConnections {
  readonly all: SourceConnection[] = [];

  began(facts: Omit<SourceConnection, 'close' | 'closedMs'>): void {
    if (this.all.length < MAX_CONNECTIONS) this.all.push({ ...facts, close: null, closedMs: null });
  }

  ended(connection: number, close: ConnectionEnd, closedMs: number): void {
    const at = this.all.findLastIndex((each) => each.connection === connection);
    const told = this.all[at];
    if (told) this.all[at] = { ...told, close, closedMs };
  }
}
