import type { Rollup, Sample, SampleSubject } from '../../base/sample.js';
import { type Remembered, remember } from './remember.js';
import { HistoryWriter } from './writer.js';

/** A watch goes on with the figures of so long. */
const REMEMBERED_MS = 86_400_000;
/** Two hundred watches write once a second then, and not at each look. */
const GATHER_MS = 1_000;

/** A folder of the history that is read and written. */
export interface History {
  /** What it kept in the last day. */
  of(subject: SampleSubject): readonly Rollup[];
  /** Lines of it that could not be read. */
  readonly damaged: number;
  append(sample: Sample): Promise<void>;
  /** Settles when it can be read what was appended. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Rejects where the folder cannot be one: `history.later`, or as the system does. `onTrouble` hears of a disk that takes no more. */
export async function openHistory(folder: string, onTrouble: (message: string) => void): Promise<History> {
  const remembered: Remembered = await remember(folder, Date.now() - REMEMBERED_MS);
  const writer = await HistoryWriter.open({ folder, onTrouble, gatherMs: GATHER_MS });
  return {
    of: (subject) => remembered.of(subject),
    damaged: remembered.damaged,
    append: (sample) => writer.append(sample),
    flush: () => writer.flush(),
    close: () => writer.close(),
  };
}

interface Shared {
  readonly opening: Promise<History>;
  readonly listeners: Set<(message: string) => void>;
}

const shared = new Map<string, Shared>();

/** The same for several watches of one process: they write to one segment, and read what was kept once. */
export async function shareHistory(folder: string, onTrouble: (message: string) => void): Promise<History> {
  const known = shared.get(folder) ?? openShared(folder);
  // Each caller is told apart, whatever it listens with.
  const listener = (message: string) => onTrouble(message);
  known.listeners.add(listener);
  const leave = async () => {
    known.listeners.delete(listener);
    if (known.listeners.size > 0 || shared.get(folder) !== known) return;
    shared.delete(folder);
    await (await known.opening).close();
  };
  try {
    return { ...(await known.opening), close: leave };
  } catch (error) {
    if (shared.get(folder) === known) shared.delete(folder);
    throw error;
  }
}

function openShared(folder: string): Shared {
  const listeners = new Set<(message: string) => void>();
  const opening = openHistory(folder, (message) => {
    for (const listener of listeners) listener(message);
  });
  const made = { opening, listeners };
  shared.set(folder, made);
  return made;
}
