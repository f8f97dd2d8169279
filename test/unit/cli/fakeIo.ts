import type { Io } from '../../../src/cli/io.js';

export interface FakeIo extends Io {
  readonly out: () => string;
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
}

/** The world of the command line in memory: what it writes can be read, signals can be sent. */
export function fakeIo(options: FakeOptions = {}): FakeIo {
  const texts = { out: '', err: '' };
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  let wrote = () => {};
  const written = new Promise<void>((resolve) => {
    wrote = resolve;
  });
  return {
    stdout: {
      isTTY: options.stdoutIsTTY ?? false,
      write(text) {
        texts.out += text;
        wrote();
      },
    },
    stderr: {
      isTTY: options.stderrIsTTY ?? false,
      write(text) {
        texts.err += text;
      },
    },
    env: { LANG: 'C.UTF-8', ...options.env },
    platform: 'linux',
    columns: options.columns ?? 80,
    host: 'build-7',
    cwd: options.cwd ?? process.cwd(),
    now: () => performance.now(),
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: () => texts.out,
    err: () => texts.err,
    signal(name) {
      for (const listener of listeners) listener(name);
    },
    written,
  };
}
