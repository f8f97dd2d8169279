import { PassThrough, Readable, Writable } from 'node:stream';
import type { Input, Io, Output } from '../../../src/cli/io.js';

export interface FakeIo extends Io {
  readonly out: () => string;
  /** The same, byte for byte. */
  readonly outBytes: () => Buffer;
  readonly err: () => string;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  /** Settles as soon as something was written to standard output. */
  readonly written: Promise<void>;
}

export interface FakeOptions {
  readonly env?: Record<string, string | undefined>;
  readonly cwd?: string;
  readonly columns?: number;
  readonly stdoutIsTTY?: boolean;
  readonly stderrIsTTY?: boolean;
  /** What standard input holds; nothing by default. A terminal takes what the test types. */
  readonly stdin?: string | Uint8Array | Input;
}

/** A terminal's keyboard: what is written to it was typed. */
export function keyboard(): PassThrough & { readonly isTTY: true } {
  return Object.assign(new PassThrough(), { isTTY: true as const });
}

/** The world of the command line in memory: what it writes can be read, signals can be sent. */
export function fakeIo(options: FakeOptions = {}): FakeIo {
  const texts = { out: '', err: '' };
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  const outBytes: Buffer[] = [];
  let wrote = () => {};
  const written = new Promise<void>((resolve) => {
    wrote = resolve;
  });
  const { stdin = '' } = options;
  return {
    stdin: typeof stdin === 'string' || stdin instanceof Uint8Array ? Readable.from([Buffer.from(stdin)]) : stdin,
    stdout: collect(
      options.stdoutIsTTY ?? false,
      (text, bytes) => {
        texts.out += text;
        outBytes.push(bytes);
        wrote();
      },
      options.columns,
    ),
    stderr: collect(
      options.stderrIsTTY ?? false,
      (text) => {
        texts.err += text;
      },
      options.columns,
    ),
    env: { LANG: 'C.UTF-8', ...options.env },
    platform: 'linux',
    columns: options.columns ?? 80,
    version: '1.2.3',
    host: 'build-7',
    cwd: options.cwd ?? process.cwd(),
    now: () => performance.now(),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: () => texts.out,
    outBytes: () => Buffer.concat(outBytes),
    err: () => texts.err,
    signal(name) {
      for (const listener of listeners) listener(name);
    },
    written,
  };
}

/** An output that takes everything at once. */
export function collect(isTTY: boolean, take: (text: string, bytes: Buffer) => void, columns = 80): Output {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      take(chunk.toString(), Buffer.from(chunk as Buffer));
      done();
    },
  });
  return { isTTY, stream: Object.assign(stream, { columns, isTTY }), write: (content) => stream.write(content) };
}
