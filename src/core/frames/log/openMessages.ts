import type { MessageTable } from './messageTable.js';

/** A peer could begin messages on ever new connections: the oldest of more than this many is taken as ended. */
const MAX_OPEN = 4096;
/** Compressed messages whose content nobody has attached; older ones are counted off when theirs comes. */
const MAX_PENDING = 65_536;
const MAX_QUEUES = 1024;

interface Queue {
  readonly slots: number[];
  readonly generations: number[];
  head: number;
  /** Contents to come that belong to messages no longer known. */
  lost: number;
}

/** One number for a direction of a connection. */
export function lane(connection: number, sent: boolean): number {
  return connection * 2 + (sent ? 1 : 0);
}

/** Which message is being received or sent in each direction, and which compressed ones await their content. */
export class OpenMessages {
  readonly #open = new Map<number, number>();
  readonly #queues = new Map<number, Queue>();

  get size(): number {
    return this.#open.size;
  }

  /** The slot of the message under way; 0 for none. */
  get(key: number): number {
    return this.#open.get(key) ?? 0;
  }

  /** Returns the slot of a message that is taken as ended to make room; 0 for none. */
  begin(key: number, slot: number): number {
    this.#open.set(key, slot);
    if (this.#open.size <= MAX_OPEN) return 0;
    const [oldest] = this.#open.entries();
    if (oldest === undefined) return 0;
    this.#open.delete(oldest[0]);
    return oldest[1];
  }

  end(key: number): void {
    this.#open.delete(key);
  }

  entries(): readonly (readonly [key: number, slot: number])[] {
    return [...this.#open];
  }

  /** A compressed message is whole: its content is expected. */
  expect(key: number, slot: number, messages: MessageTable): void {
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { slots: [], generations: [], head: 0, lost: 0 };
      this.#queues.set(key, queue);
      if (this.#queues.size > MAX_QUEUES)
        for (const first of this.#queues.keys()) return void this.#queues.delete(first);
    }
    queue.slots.push(slot);
    queue.generations.push(messages.generationOf(slot));
    if (queue.slots.length - queue.head > MAX_PENDING) {
      queue.head++;
      queue.lost++;
    }
    compact(queue);
  }

  /** The slot that the next content belongs to; 0 when its message is no longer there, null when none is expected. */
  take(key: number, messages: MessageTable): number | null {
    const queue = this.#queues.get(key);
    if (queue === undefined) return null;
    if (queue.lost > 0) {
      queue.lost--;
      return 0;
    }
    if (queue.head === queue.slots.length) return null;
    const slot = queue.slots[queue.head]!;
    const generation = queue.generations[queue.head]!;
    queue.head++;
    compact(queue);
    return messages.generationOf(slot) === generation ? slot : 0;
  }

  /** The log was cleared: what is expected still comes, and belongs to nothing. */
  clear(): void {
    this.#open.clear();
    for (const queue of this.#queues.values()) {
      queue.lost += queue.slots.length - queue.head;
      queue.slots.length = 0;
      queue.generations.length = 0;
      queue.head = 0;
    }
  }
}

function compact(queue: Queue): void {
  if (queue.head < 1024 || queue.head * 2 < queue.slots.length) return;
  queue.slots.splice(0, queue.head);
  queue.generations.splice(0, queue.head);
  queue.head = 0;
}
