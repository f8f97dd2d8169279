import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { ProbeError } from '../../base/errors.js';
import { setBounded } from '../../base/setBounded.js';
import { type ObservedOptions, ObservedSource } from '../../session/observedSource.js';
import { type DevtoolsAddress, devtoolsAddress, shownAddress } from './address.js';
import { untoldEnd } from './closing.js';
import { DevtoolsConnection } from './devtoolsConnection.js';
import { Handshakes, type SeenHandshake } from './handshakes.js';
import type { SeenTarget } from './networkSockets.js';
import type { TargetSession } from './targetSession.js';
import { listTargets, readEndpoint } from './targets.js';

const STAY_MS = 3_000;
const LOOK_MS = 1_000;
/** A process that is started again is away for a moment. */
const LOOK_AGAIN_MS = 300;
const MAX_MISSED_LOOKS = 8;
const MAX_CONNECTIONS = 100;
const MAX_REMEMBERED = 1_000;

export interface AttachOptions extends Omit<ObservedOptions, 'name' | 'url'> {
  /** Of an endpoint or of one target; null where targets are added one by one. */
  readonly address: string | null;
  /** As a person knows it; by default who answers there. */
  readonly name?: string;
  /** Whether something may be put into the program, for close codes and for the frames of Node. */
  readonly hook: boolean;
  readonly signal?: AbortSignal;
  /** Called once, before anything is told: what begins to record or listen misses nothing. */
  readonly prepare?: (source: ObservedSource) => Promise<void>;
}

/** A target that somebody knows of, as a debugger does of those that it debugs. */
export interface KnownTarget {
  readonly address: string;
  readonly type: 'page' | 'node' | 'worker';
  readonly title: string;
  /** The address is that of a debugger in front of the target. */
  readonly isDebugger: boolean;
}

/** Looks at the sockets of other programs by their DevTools, until it is stopped or nothing is left to look at. */
export class Attachment {
  readonly source: ObservedSource;
  /** Settles with why it is over. */
  readonly done: Promise<string>;
  readonly #handshakes: Handshakes;
  readonly #hook: string | null;
  readonly #open = new Set<DevtoolsConnection>();
  readonly #sessionOf = new Map<number, WeakRef<TargetSession>>();
  readonly #stopping = new AbortController();
  /** There may be more to look at though nothing is now. */
  #isFollowing: boolean;
  #end!: (why: string) => void;
  #isOver = false;

  private constructor(options: AttachOptions, name: string, address: DevtoolsAddress | null) {
    this.source = new ObservedSource({ ...options, name, url: address === null ? '' : shownAddress(address.url) });
    this.#handshakes = new Handshakes(this.source);
    // Nobody can guess it: a page cannot tell by it who looks, nor tell in its place.
    this.#hook = options.hook ? `__${randomBytes(12).toString('hex')}` : null;
    this.#isFollowing = address === null;
    this.done = new Promise((resolve) => (this.#end = resolve));
    const stop = () => void this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.source.disposed.addEventListener('abort', stop, { once: true });
    const staying = setInterval(() => {
      for (const connection of this.#open) connection.stay();
    }, STAY_MS);
    staying.unref();
    void this.done.then(() => {
      clearInterval(staying);
      options.signal?.removeEventListener('abort', stop);
    });
  }

  /** Resolves once everything that is there is looked at. Rejects with a ProbeError where no DevTools answer. */
  static async start(options: AttachOptions): Promise<Attachment> {
    const { signal } = options;
    const address = options.address === null ? null : devtoolsAddress(options.address);
    const endpoint = address?.kind === 'endpoint' ? await readEndpoint(address.url, signal) : null;
    const name = options.name ?? endpoint?.product ?? address?.url.host ?? 'DevTools';
    const attachment = new Attachment(options, name, address);
    try {
      await options.prepare?.(attachment.source);
      if (address?.kind === 'target')
        await attachment.#connect(address.url, { type: targetType(address.url), title: '', url: '' }, false);
      else if (endpoint?.browser)
        await attachment.#connect(endpoint.browser, { type: 'browser', title: name, url: '' }, false);
      else if (address) await attachment.#followList(address.url);
    } catch (error) {
      await attachment.stop();
      await attachment.source.dispose();
      throw error;
    }
    return attachment;
  }

  /** Looks at one more target. */
  async add({ address, type, title, isDebugger }: KnownTarget): Promise<void> {
    const { url } = devtoolsAddress(address);
    await this.#connect(url, { type, title, url: '' }, isDebugger);
  }

  /** The handshake of a connection, with what must not be shown; null where nobody told it. */
  handshake(connection: number): SeenHandshake | null {
    return this.#handshakes.get(connection);
  }

  /** Why a connection did not open; null where nobody told, or it did. */
  refusal(connection: number): string | null {
    return this.#handshakes.refusal(connection);
  }

  /** Loads the page of a connection again. False where it is no page, or is gone. */
  async reload(connection: number): Promise<boolean> {
    return (await this.#sessionOf.get(connection)?.deref()?.reload()) ?? false;
  }

  /** Takes everything away that was put anywhere, and lets go. Idempotent. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopping.abort();
    await Promise.all([...this.#open].map((connection) => connection.close()));
    this.#finish('wsprobe has detached');
  }

  async #connect(url: URL, target: SeenTarget, isDebugger: boolean): Promise<DevtoolsConnection> {
    if (this.#open.size >= MAX_CONNECTIONS) throw tooMany();
    let over: string | null = null;
    let connection: DevtoolsConnection | null = null;
    connection = await DevtoolsConnection.open({
      url,
      target,
      isDebugger,
      source: this.source,
      handshakes: this.#handshakes,
      hook: this.#hook,
      signal: this.#stopping.signal,
      onConnection: (number, session) => this.#remember(number, session),
      onClose: (why) => {
        over = why;
        if (connection) this.#closed(connection, target, why);
      },
    });
    this.#open.add(connection);
    if (over !== null) this.#closed(connection, target, over);
    return connection;
  }

  #remember(connection: number, session: TargetSession): void {
    setBounded(this.#sessionOf, connection, new WeakRef(session), MAX_REMEMBERED);
  }

  #closed(connection: DevtoolsConnection, { type, title }: SeenTarget, why: string): void {
    this.#open.delete(connection);
    if (this.#isOver) return;
    this.source.note(null, `${title || type} is gone: ${why}`);
    if (this.#isFollowing || this.#open.size > 0) return;
    this.#isOver = true;
    this.#finish(why);
  }

  #finish(why: string): void {
    this.source.finish(untoldEnd(why));
    this.#end(why);
  }

  /** Where no address stands for all targets, as of Node: the list is looked at again and again. */
  async #followList(endpoint: URL): Promise<void> {
    this.#isFollowing = true;
    /** Those that are listed or looked at; null: that one could not be. */
    const known = new Map<string, DevtoolsConnection | null>();
    const look = async () => {
      const targets = await listTargets(endpoint, this.#stopping.signal);
      const listed = new Set(targets.map(({ id }) => id));
      for (const [id, connection] of known)
        if (!listed.has(id) && (connection === null || !this.#open.has(connection))) known.delete(id);
      for (const { id, address, type, title, url } of targets) {
        if (known.has(id)) continue;
        const connection = await this.#connect(address, { type, title, url }, false).catch((error: unknown) => {
          this.source.note(null, `${title || id}: ${error instanceof Error ? error.message : String(error)}`);
          return null;
        });
        known.set(id, connection);
      }
    };
    await look();
    void this.#lookOn(look);
  }

  async #lookOn(look: () => Promise<void>): Promise<void> {
    let missed = 0;
    while (!this.#isOver && missed < MAX_MISSED_LOOKS) {
      await later(missed > 0 ? LOOK_AGAIN_MS : LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(
        () => undefined,
      );
      if (this.#isOver) return;
      missed = await look().then(
        () => 0,
        () => missed + 1,
      );
    }
    if (this.#isOver || this.#open.size > 0) return;
    this.#isOver = true;
    this.#finish('nobody answers there any more');
  }
}

/** Of an address alone: Node names its targets by a UUID and nothing else. */
function targetType({ pathname }: URL): string {
  const kind = /^\/devtools\/([a-z_]+)\//.exec(pathname)?.[1];
  return kind ?? 'node';
}

function tooMany(): ProbeError {
  return new ProbeError('attach.too-many', `${MAX_CONNECTIONS} targets are attached to already.`);
}
