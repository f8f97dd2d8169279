import type { Traffic } from './snapshot.js';

const WINDOW_MS = 1_000;
const BUCKET_MS = 100;
const BUCKETS = WINDOW_MS / BUCKET_MS;

/** Counts one direction. `count` is called for every frame: sums only, the rates are kept in ten buckets of 100 ms. */
export class TrafficCounter {
  #messages = 0;
  #frames = 0;
  #payloadBytes = 0;
  #wireBytes = 0;
  readonly #bucketMessages = new Float64Array(BUCKETS);
  readonly #bucketBytes = new Float64Array(BUCKETS);
  #bucket = 0;
  #slot = 0;
  #atMs = 0;

  count(wireBytes: number, payloadBytes: number, endsMessage: boolean, atMs: number): void {
    // Frames of one chunk share their time: thousands of them cost one look at the buckets.
    if (atMs !== this.#atMs) this.#moveTo(atMs);
    const slot = this.#slot;
    this.#frames += 1;
    this.#wireBytes += wireBytes;
    this.#payloadBytes += payloadBytes;
    this.#bucketBytes[slot]! += wireBytes;
    if (!endsMessage) return;
    this.#messages += 1;
    this.#bucketMessages[slot]! += 1;
  }

  /** A whole message whose frames and size on the wire are unknown. */
  countMessage(payloadBytes: number, atMs: number): void {
    if (atMs !== this.#atMs) this.#moveTo(atMs);
    this.#payloadBytes += payloadBytes;
    this.#messages += 1;
    this.#bucketMessages[this.#slot]! += 1;
  }

  snapshot(atMs: number): Traffic {
    this.#moveTo(atMs);
    return {
      messages: this.#messages,
      frames: this.#frames,
      payloadBytes: this.#payloadBytes,
      wireBytes: this.#wireBytes,
      messagesPerSecond: this.#bucketMessages.reduce((sum, value) => sum + value, 0),
      bytesPerSecond: this.#bucketBytes.reduce((sum, value) => sum + value, 0),
    };
  }

  #moveTo(atMs: number): void {
    this.#atMs = atMs;
    this.#advance(Math.floor(atMs / BUCKET_MS));
  }

  #advance(bucket: number): void {
    const steps = Math.min(BUCKETS, bucket - this.#bucket);
    for (let step = 1; step <= steps; step++) {
      const slot = (this.#bucket + step) % BUCKETS;
      this.#bucketMessages[slot] = 0;
      this.#bucketBytes[slot] = 0;
    }
    if (bucket > this.#bucket) this.#bucket = bucket;
    this.#slot = this.#bucket % BUCKETS;
  }
}
