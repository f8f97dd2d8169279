import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { FileReadError } from '../core/base/regularFile.js';
import type { Input } from './io.js';

const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

export interface PipeSources {
  /** Absent where standard input is somebody else's: it cannot be read as a file then. */
  readonly stdin?: Input;
  readonly signal?: AbortSignal;
}

/**
 * What a person pipes in by naming it on the command line: `-`, or a pipe that the shell has opened (`<(…)` is
 * `/dev/fd/63`). Null for everything else: a file that is named is a regular one.
 */
export function pipeNamed(target: string, { stdin }: PipeSources): Readable | null {
  const descriptor = target === '-' || target === '/dev/stdin' ? 0 : Number(DESCRIPTOR.exec(target)?.[1] ?? Number.NaN);
  if (descriptor === 0 && stdin) return stdin;
  if (!(descriptor > 2) || !isPipe(descriptor)) return null;
  // Not a file stream: a read of a pipe that nobody writes to would hold a thread, and with it the end of the process.
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

/** Whether it is read off as it is read: nothing is left for a second time. */
export function isReadOnce(target: string): boolean {
  return target === '-' || target === '/dev/stdin' || DESCRIPTOR.test(target);
}

/** All of it, `maxBytes` at most. Rejects with a `FileReadError`, the system's error, or the signal's reason. */
export async function readPipe(pipe: Readable, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const stop = () => void pipe.destroy(signal?.reason as Error);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of pipe as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw new FileReadError('TOO_LARGE', `more than ${maxBytes / 1024 / 1024} MiB come`);
      chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function isPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}
