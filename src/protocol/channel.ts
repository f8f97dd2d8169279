/**
 * Typed requests and events over any message port: one Channel for both boundaries (host and engine, host and webview).
 * Every request settles: by its result, its error, its cancellation, or the channel's end.
 */

export interface Port {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

export type RequestMap = object;
export type EventMap = object;
export type ParamsOf<R, M extends keyof R> = R[M] extends { readonly params: infer P } ? P : never;
export type ResultOf<R, M extends keyof R> = R[M] extends { readonly result: infer T } ? T : never;

export type Handlers<R extends RequestMap> = {
  readonly [M in keyof R]: (params: ParamsOf<R, M>, signal: AbortSignal) => Promise<ResultOf<R, M>> | ResultOf<R, M>;
};

/** An error as it crosses a port: text for people, a stable code, no stack. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  readonly hint: string | null;

  constructor(error: WireError) {
    super(error.message);
    this.code = error.code;
    this.hint = error.hint;
  }
}

type Message =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown };

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly forget: () => void;
}

/** `Remote`: requests we may make. `Local`: requests we answer. `Out`, `In`: events we send and hear. */
export class Channel<Remote extends RequestMap, Local extends RequestMap, Out extends EventMap, In extends EventMap> {
  readonly #port: Port;
  readonly #handlers: Partial<Handlers<Local>>;
  readonly #listeners: { readonly [E in keyof In]?: (data: In[E]) => void };
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  #nextId = 1;
  #ended: Error | null = null;

  constructor(
    port: Port,
    handlers: Partial<Handlers<Local>> = {},
    listeners: { readonly [E in keyof In]?: (data: In[E]) => void } = {},
  ) {
    this.#port = port;
    this.#handlers = handlers;
    this.#listeners = listeners;
    port.onMessage((message) => this.#receive(message));
  }

  /** Requests that have not settled yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  request<M extends keyof Remote & string>(
    method: M,
    params: ParamsOf<Remote, M>,
    signal?: AbortSignal,
  ): Promise<ResultOf<Remote, M>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#post({ kind: 'cancel', id });
      signal?.addEventListener('abort', onAbort, { once: true });
      const forget = () => signal?.removeEventListener('abort', onAbort);
      this.#pending.set(id, { resolve, reject, forget });
      try {
        this.#post({ kind: 'request', id, method, params });
      } catch (error) {
        this.#pending.delete(id);
        forget();
        throw error;
      }
      if (signal?.aborted) onAbort();
    });
  }

  emit<E extends keyof Out & string>(name: E, data: Out[E]): void {
    if (!this.#ended) this.#post({ kind: 'event', name, data });
  }

  /** Ends the channel: what waits is rejected with `reason`, what runs here is aborted. Idempotent. */
  end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = reason;
    for (const pending of this.#pending.values()) {
      pending.forget();
      pending.reject(reason);
    }
    this.#pending.clear();
    for (const controller of this.#running.values()) controller.abort(reason);
    this.#running.clear();
  }

  #post(message: Message): void {
    this.#port.postMessage(message);
  }

  #receive(raw: unknown): void {
    if (this.#ended || !isMessage(raw)) return;
    switch (raw.kind) {
      case 'request':
        void this.#answer(raw.id, raw.method, raw.params);
        return;
      case 'cancel':
        this.#running.get(raw.id)?.abort(new Error('Cancelled'));
        return;
      case 'event': {
        if (!Object.hasOwn(this.#listeners, raw.name)) return;
        this.#listeners[raw.name as keyof In]?.(raw.data as In[keyof In]);
        return;
      }
      default: {
        const pending = this.#pending.get(raw.id);
        if (!pending) return;
        this.#pending.delete(raw.id);
        pending.forget();
        if (raw.kind === 'result') pending.resolve(raw.result as never);
        else pending.reject(new RemoteError(raw.error));
      }
    }
  }

  async #answer(id: number, method: string, params: unknown): Promise<void> {
    const handler = Object.hasOwn(this.#handlers, method) ? this.#handlers[method as keyof Local] : undefined;
    if (!handler) {
      this.#post({ kind: 'error', id, error: { code: 'unknown-method', message: 'Unknown request.', hint: null } });
      return;
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    let answer: Message;
    try {
      answer = { kind: 'result', id, result: await handler(params as never, controller.signal) };
    } catch (error) {
      answer = { kind: 'error', id, error: toWireError(error) };
    }
    this.#running.delete(id);
    if (this.#ended) return;
    try {
      this.#post(answer);
    } catch (error) {
      // A result that cannot cross the port must not leave the other side waiting.
      this.#post({ kind: 'error', id, error: toWireError(error) });
    }
  }
}

function toWireError(error: unknown): WireError {
  if (error instanceof Error) {
    const { code, hint } = error as { code?: unknown; hint?: unknown };
    return {
      code: typeof code === 'string' ? code : 'internal',
      message: error.message,
      hint: typeof hint === 'string' ? hint : null,
    };
  }
  return { code: 'internal', message: String(error), hint: null };
}

function isMessage(raw: unknown): raw is Message {
  if (typeof raw !== 'object' || raw === null) return false;
  const message = raw as Record<string, unknown>;
  if (message['kind'] === 'event') return typeof message['name'] === 'string';
  if (typeof message['id'] !== 'number') return false;
  switch (message['kind']) {
    case 'request':
      return typeof message['method'] === 'string';
    case 'error':
      return isWireError(message['error']);
    case 'result':
    case 'cancel':
      return true;
    default:
      return false;
  }
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}
