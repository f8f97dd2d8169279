import type { LogRow } from '../../src/protocol/session.js';
import { type Chosen, refreshed, shifted } from './chosen.js';
import type { LogFeed } from './logFeed.js';

const ENDS = ['cursor', 'mate'] as const;

/** The row that is chosen, or two of them. */
export class Selection {
  cursor: Chosen | null = null;
  /** The other end of a selection of two. */
  mate: Chosen | null = null;

  /** `extend`: from what was chosen before to this row. */
  choose(chosen: Chosen | null, extend: boolean): void {
    if (extend) this.mate ??= this.cursor;
    else this.mate = null;
    this.cursor = chosen;
  }

  /** The other one of two becomes the one that is acted on. */
  swap(): void {
    [this.cursor, this.mate] = [this.mate, this.cursor];
  }

  clear(): void {
    this.choose(null, false);
  }

  /** Rows have arrived, or have grown. */
  refresh(rowAt: (position: number) => LogRow | undefined): void {
    this.cursor = refreshed(this.cursor, rowAt);
    this.mate = refreshed(this.mate, rowAt);
  }

  /** Rows were dropped in front. */
  shift(by: number): void {
    this.cursor = shifted(this.cursor, by);
    this.mate = shifted(this.mate, by);
  }

  /** What was chosen and left the sight before it came is read by itself. What cannot be read is not chosen any more. */
  readMissing(feed: LogFeed): Promise<void> | null {
    const end = ENDS.find((each) => isMissing(this[each]));
    const chosen = end && this[end];
    if (!chosen) return null;
    return feed.read(chosen.position).then((row) => {
      if (this[end] === chosen) this[end] = row && { ...chosen, row };
    });
  }

  /** Where what is chosen stands now, asked for one by one: nothing else tells how far it has moved. */
  async relocate(feed: LogFeed, isWanted: () => boolean): Promise<void> {
    for (const end of ENDS) {
      const chosen = this[end];
      if (isMissing(chosen)) this[end] = null;
      if (!chosen?.row || chosen.position < 0) continue;
      const position = await feed.positionOf(chosen.row.id);
      if (!isWanted()) return;
      if (this[end] === chosen) this[end] = { ...chosen, position: position ?? -1 };
    }
  }
}

function isMissing(chosen: Chosen | null): boolean {
  return chosen !== null && chosen.position >= 0 && chosen.row === null;
}
