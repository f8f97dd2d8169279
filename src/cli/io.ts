import { hostname } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { EXIT } from './usage.js';

export interface Output {
  readonly isTTY: boolean;
  /** False when the reader is slower than the writer: `stream` tells with `drain` when there is room again. */
  write(content: string | Uint8Array): boolean;
  readonly stream: Writable;
}

export type Input = Readable & { readonly isTTY?: boolean };

/** Everything the command line touches of the world around it. */
export interface Io {
  readonly stdin: Input;
  /** Results. */
  readonly stdout: Output;
  /** Everything else: problems, hints, progress. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
  readonly cwd: string;
  /** Of wsprobe. */
  readonly version: string;
  /** Name of this machine. */
  readonly host: string;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls the listener at SIGINT and SIGTERM until the returned function is called. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A reader that goes away (`wsprobe … | head`) is no fault of ours: what is left is dropped. A full disk is told. */
export function cannotWrite({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return;
  process.stderr.write(`wsprobe: cannot write the output (${code ?? message})\n`);
  process.exit(EXIT.fault);
}

function outputOf(stream: Writable & { readonly isTTY?: boolean }): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    if (stream !== process.stderr) cannotWrite(error);
  });
  return {
    isTTY: stream.isTTY === true,
    write: (content) => gone || stream.write(content),
    stream,
  };
}

export function processIo(version: string): Io {
  return {
    // Asked for by who reads it alone: a standard input that was touched has to be let go of.
    get stdin() {
      return process.stdin;
    },
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    platform: process.platform,
    columns: process.stdout.columns || process.stderr.columns || Number(process.env['COLUMNS']) || 80,
    cwd: process.cwd(),
    version,
    host: hostname(),
    now: () => performance.now(),
    onSignal(listener) {
      const listeners = SIGNALS.map((signal) => ({ signal, listener: () => listener(signal) }));
      for (const entry of listeners) process.on(entry.signal, entry.listener);
      return () => {
        for (const entry of listeners) process.off(entry.signal, entry.listener);
      };
    },
  };
}
