import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import type { ObservedSource } from '../../core/session/observedSource.js';
import { fileError, usageError } from '../usage.js';

const FILE_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 1_000;

/** All connections in one recording at a time, a further file where one has grown large. */
export class RotatingRecording {
  readonly #source: ObservedSource;
  readonly #folder: string;
  readonly #began = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  #files = 0;
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<unknown> = Promise.resolve();

  constructor(source: ObservedSource, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  /** Throws a usage error where the folder takes no file. */
  async start(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await this.#next();
    } catch (error) {
      throw error instanceof ProbeError
        ? usageError(`--record: ${error.message}`)
        : fileError(`record in ${this.#folder}`, error);
    }
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turning;
    await this.#source.record(null);
  }

  #look(): void {
    const bytes = this.#source.snapshot().recording?.bytes ?? 0;
    if (bytes < FILE_BYTES) return;
    // The disk refused: that was told, and this one stays as it is.
    this.#turning = this.#next().catch(() => clearInterval(this.#timer));
  }

  async #next(): Promise<void> {
    this.#files += 1;
    const name = `tap-${this.#began}-${String(this.#files).padStart(3, '0')}.wsrec`;
    await this.#source.record(join(this.#folder, name), 'replace');
  }
}
