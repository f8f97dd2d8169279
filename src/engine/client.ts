import { tmpdir } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ProbeError } from '../core/base/errors.js';
import { Channel } from '../protocol/channel.js';
import type { EngineAnnouncements, EngineRequests, SecretQuestion } from '../protocol/engine.js';
import {
  type ActArgs,
  type ActName,
  type ActResult,
  type JobEvents,
  type JobKinds,
  type JobParams,
  type JobRequests,
  jobNotRunning,
} from '../protocol/jobs.js';
import type { SessionEvents } from '../protocol/session.js';

/** A cancelled request that has no answer after this long means that the worker hangs; it is ended then. */
const CANCEL_GRACE_MS = 3000;

export interface EngineClientOptions {
  /** The worker bundle, an ES module. */
  readonly workerUrl: URL;
  /** Lines of the worker's standard output and error, and what it died of. */
  readonly log: (line: string) => void;
  readonly cancelGraceMs?: number;
}

type Params<M extends keyof EngineRequests> = EngineRequests[M]['params'];
type Result<M extends keyof EngineRequests> = EngineRequests[M]['result'];

export interface JobOptions<K extends keyof JobKinds> {
  readonly signal?: AbortSignal;
  /** What the job tells while it runs; never after `done` has settled. */
  readonly onEvent?: (event: JobKinds[K]['event']) => void;
}

/** A job of the engine. */
export interface Job<K extends keyof JobKinds> {
  /** Always settles, as every request does. */
  readonly done: Promise<JobKinds[K]['result']>;
  /** Asks something of the job while it runs; rejects with `job.not-running` when it has ended. */
  act<N extends ActName<K>>(name: N, ...args: ActArgs<K, N>): Promise<ActResult<K, N>>;
}

interface Running {
  readonly worker: Worker;
  readonly channel: Channel<EngineRequests, EngineAnnouncements, object, JobEvents>;
}

/** The host's handle on the engine. The worker starts with the first request; after a crash the next request starts a fresh one. */
export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #crashListeners = new Set<(error: ProbeError) => void>();
  readonly #eventListeners: { readonly [E in keyof SessionEvents]: Set<(event: SessionEvents[E]) => void> } = {
    session: new Set(),
    view: new Set(),
  };
  /** What hears of each job under way. */
  readonly #jobs = new Map<number, (event: unknown) => void>();
  #answerSecret: (question: SecretQuestion) => Promise<string> = ({ name }) =>
    Promise.reject(new ProbeError('secret.missing', `Nobody knows the secret ${name}.`));
  #nextJobId = 1;
  #running: Running | null = null;
  #disposed: Promise<void> | null = null;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Tells of a worker that ended without being asked to. Returns the function that stops listening. */
  onDidCrash(listener: (error: ProbeError) => void): () => void {
    this.#crashListeners.add(listener);
    return () => this.#crashListeners.delete(listener);
  }

  /** Hears what sessions announce. Returns the function that stops listening. */
  onEvent<E extends keyof SessionEvents>(name: E, listener: (event: SessionEvents[E]) => void): () => void {
    const listeners: Set<(event: SessionEvents[E]) => void> = this.#eventListeners[name];
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Who is asked for a secret that a message names. */
  onSecret(answer: (question: SecretQuestion) => Promise<string>): void {
    this.#answerSecret = answer;
  }

  /** Always settles: result, error of the worker, `engine.stopped` when it died, `engine.disposed` when we end it. */
  async request<M extends keyof EngineRequests>(
    method: M,
    params: Params<M>,
    signal?: AbortSignal,
  ): Promise<Result<M>> {
    if (this.#disposed) throw disposedError();
    this.#running ??= this.#start();
    const { worker, channel } = this.#running;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const onAbort = () => {
      grace = setTimeout(() => {
        this.#crash(worker, 'it did not answer a cancellation');
        void worker.terminate();
      }, this.#options.cancelGraceMs ?? CANCEL_GRACE_MS);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      const result: unknown = await channel.request(method, params as never, signal);
      return result as Result<M>;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      clearTimeout(grace);
    }
  }

  /** Starts a job of a kind. Aborting the signal ends it. */
  start<K extends keyof JobKinds>(kind: K, params: JobParams<K>, options: JobOptions<K> = {}): Job<K> {
    const jobId = this.#nextJobId++;
    const { signal, onEvent } = options;
    this.#jobs.set(jobId, (event) => onEvent?.(event as JobKinds[K]['event']));
    const request = { jobId, kind, params } as JobRequests['jobStart']['params'];
    const done = this.request('jobStart', request, signal).finally(() => this.#jobs.delete(jobId));
    const act = async (name: string, ...args: readonly unknown[]): Promise<never> => {
      if (!this.#jobs.has(jobId)) throw jobNotRunning();
      return (await this.request('jobAct', { jobId, name, args })) as never;
    };
    return { done, act };
  }

  /** Ends the worker with every socket it holds; what waits is rejected. Idempotent. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#stop();
    return this.#disposed;
  }

  #start(): Running {
    // The host's own flags (inspector, loaders) are none of the worker's.
    const worker = new Worker(this.#options.workerUrl, {
      name: 'wsprobe engine',
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    logLines(worker.stdout, this.#options.log);
    logLines(worker.stderr, this.#options.log);
    worker.on('error', (error) => this.#crash(worker, error));
    worker.on('messageerror', (error) => this.#options.log(error.message));
    worker.on('exit', (code) => this.#crash(worker, `it exited with code ${code}`));
    const channel = new Channel<EngineRequests, EngineAnnouncements, object, JobEvents>(
      {
        postMessage: (message) => worker.postMessage(message),
        onMessage: (listener) => worker.on('message', listener),
      },
      {
        session: (event) => this.#announce('session', event),
        view: (event) => this.#announce('view', event),
        secret: (question) => this.#answerSecret(question),
      },
      { job: ({ jobId, event }) => this.#jobs.get(jobId)?.(event) },
    );
    return { worker, channel };
  }

  /** Told in turn; the answer is the acknowledgement that the engine waits for before it announces more. */
  #announce<E extends keyof SessionEvents>(name: E, event: SessionEvents[E]): null {
    for (const listener of this.#eventListeners[name]) listener(event);
    return null;
  }

  #crash(worker: Worker, cause: unknown): void {
    const running = this.#running;
    if (running?.worker !== worker) return;
    this.#running = null;
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#options.log(`The engine stopped: ${cause instanceof Error ? (cause.stack ?? why) : why}`);
    const error = new ProbeError('engine.stopped', `The probe engine stopped: ${why}.`, {
      hint: 'Run it again: a fresh engine starts by itself. The log "WebSocket" has the details.',
      cause,
    });
    running.channel.end(error);
    for (const listener of this.#crashListeners) listener(error);
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    this.#crashListeners.clear();
    if (!running) return;
    running.channel.end(disposedError());
    await running.worker.terminate();
    // The worker had no time to remove its files, and its process may live on.
    const { removeOwnSpill } = await import('../core/frames/log/spillFiles.js');
    await removeOwnSpill(tmpdir());
  }
}

function disposedError(): ProbeError {
  return new ProbeError('engine.disposed', 'The probe engine was shut down.');
}

function logLines(stream: NodeJS.ReadableStream, log: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/u);
    rest = (lines.pop() ?? '').slice(-10_000);
    for (const line of lines) log(line);
  });
  stream.on('end', () => {
    if (rest) log(rest);
  });
}
