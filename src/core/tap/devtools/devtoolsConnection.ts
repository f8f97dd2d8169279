import { ProbeError } from '../../base/errors.js';
import type { ObservedSource } from '../../session/observedSource.js';
import { CdpClient, type CdpEvent, threadSession } from './cdpClient.js';
import { EventClock } from './eventClock.js';
import type { Handshakes } from './handshakes.js';
import type { SeenTarget } from './networkSockets.js';
import { TargetSession } from './targetSession.js';
import { type Fields, fieldsOf, textOf } from './wire.js';

const MAX_SESSIONS = 1_000;
/** What a debugger between us and the target passes on. */
const DEBUGGER_EVENTS = ['Network.webSocket*', 'Page.*', 'Runtime.*', 'Inspector.*'];
/** Everything but the browser itself and what stands round its pages. */
const EVERY_TARGET = [{ type: 'browser', exclude: true }, { type: 'tab', exclude: true }, {}];

export interface DevtoolsConnectionOptions {
  readonly url: URL;
  /** What is connected to: a `browser` is looked at by all that is in it. */
  readonly target: SeenTarget;
  /** A debugger that hands on what its own target says, and attaches to others by itself. */
  readonly isDebugger: boolean;
  readonly source: ObservedSource;
  readonly handshakes: Handshakes;
  readonly hook: string | null;
  readonly onConnection: (connection: number, session: TargetSession) => void;
  /** Once, when it is over. */
  readonly onClose: (why: string) => void;
  readonly signal: AbortSignal;
}

/** One connection to DevTools, with every target that is reached by it: pages, workers, frames of other sites. */
export class DevtoolsConnection {
  readonly #options: DevtoolsConnectionOptions;
  readonly #clock: EventClock;
  readonly #sessions = new Map<string | null, TargetSession>();
  /** Target to session: some are told of by the browser and by the page that they belong to. */
  readonly #targets = new Map<string, string>();
  /** Threads that are about to be looked at. */
  readonly #threads = new Set<Promise<void>>();
  #client!: CdpClient;

  private constructor(options: DevtoolsConnectionOptions) {
    this.#options = options;
    this.#clock = new EventClock(options.source.now);
  }

  /** Rejects with a ProbeError when there is nobody. Everything that is there already is attached to before it resolves. */
  static async open(options: DevtoolsConnectionOptions): Promise<DevtoolsConnection> {
    const connection = new DevtoolsConnection(options);
    const { signal, url } = options;
    const onEvent = (event: CdpEvent) => connection.#take(event);
    const onClose = (why: string) => connection.#closed(why);
    connection.#client = await CdpClient.open(url, { onEvent, onClose }, signal);
    await connection.#begin();
    if (connection.#client.hasAnswered || signal.aborted) return connection;
    connection.#client.close();
    throw new ProbeError('attach.no-answer', `Nothing at ${url.host} answers as DevTools do.`, {
      hint: 'Take the http:// address of the browser or of Node, or the webSocketDebuggerUrl that it lists.',
    });
  }

  /** Says to the hooks that somebody still listens. */
  stay(): void {
    for (const session of this.#sessions.values()) session.stay();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.end()));
    this.#client.close('wsprobe has detached');
  }

  async #begin(): Promise<void> {
    const { hook, isDebugger, target } = this.#options;
    if (isDebugger) await this.#client.tryCall('JsDebug.subscribe', { events: DEBUGGER_EVENTS });
    if (target.type !== 'browser') await this.#add(null, target);
    else await this.#follow(null);
    // Without a hook nothing is seen in them. They do not wait for us: before its first line a thread takes no hook.
    if (target.type !== 'node' || hook === null || isDebugger) return;
    await this.#client.tryCall('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await Promise.all(this.#threads);
  }

  async #add(sessionId: string | null, target: SeenTarget): Promise<void> {
    const { source, handshakes, hook, isDebugger, onConnection } = this.#options;
    const session: TargetSession = new TargetSession({
      client: this.#client,
      sessionId,
      target,
      source,
      handshakes,
      hook,
      clock: this.#clock,
      onConnection: (connection) => onConnection(connection, session),
    });
    this.#sessions.set(sessionId, session);
    const follows = !isDebugger && target.type !== 'node';
    await Promise.all([session.begin(), follows ? this.#follow(sessionId) : null]);
  }

  /** Attaches to what belongs to a target, now and later; each waits until it is looked at. */
  async #follow(sessionId: string | null): Promise<void> {
    const how = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
    const filter = sessionId === null ? { filter: EVERY_TARGET } : {};
    const filtered = await this.#client.tryCall('Target.setAutoAttach', { ...how, ...filter }, sessionId);
    if (!filtered && sessionId === null) await this.#client.tryCall('Target.setAutoAttach', how);
  }

  #take({ method, params, sessionId }: CdpEvent): void {
    if (method === 'Target.attachedToTarget') void this.#attached(params, sessionId);
    else if (method === 'Target.detachedFromTarget') this.#detached(textOf(params['sessionId'], 200));
    // Node does not exit before its debuggers have let go.
    else if (method === 'NodeRuntime.waitingForDisconnect' && sessionId === null)
      this.#client.close('the process has ended');
    else if (method === 'NodeWorker.attachedToWorker' && sessionId === null) this.#attachedToThread(params);
    else if (method === 'NodeWorker.detachedFromWorker' && sessionId === null)
      this.#detached(threadSession(params['sessionId']));
    else this.#sessions.get(sessionId)?.take(method, params);
  }

  #attachedToThread(params: Fields): void {
    const sessionId = threadSession(params['sessionId']);
    const info = fieldsOf(params['workerInfo']);
    if (sessionId === null || this.#sessions.has(sessionId) || this.#sessions.size >= MAX_SESSIONS) return;
    const text = (name: string) => textOf(info?.[name], 2_048) ?? '';
    const added = this.#add(sessionId, { type: 'node', title: text('title'), url: text('url') });
    this.#threads.add(added);
    void added.finally(() => this.#threads.delete(added));
  }

  async #attached(params: Fields, parent: string | null): Promise<void> {
    const sessionId = textOf(params['sessionId'], 200);
    const info = fieldsOf(params['targetInfo']);
    if (sessionId === null || !info || this.#sessions.has(sessionId)) return;
    const text = (name: string) => textOf(info[name], 2_048) ?? '';
    const id = text('targetId');
    if (this.#targets.has(id) || this.#sessions.size >= MAX_SESSIONS) {
      await this.#client.tryCall('Runtime.runIfWaitingForDebugger', {}, sessionId);
      await this.#client.tryCall('Target.detachFromTarget', { sessionId }, parent);
      return;
    }
    this.#targets.set(id, sessionId);
    const begun = this.#add(sessionId, { type: text('type'), title: text('title'), url: text('url') });
    if (params['waitingForDebugger'] === true)
      void this.#client.tryCall('Runtime.runIfWaitingForDebugger', {}, sessionId);
    await begun;
  }

  #detached(sessionId: string | null): void {
    const session = sessionId === null ? undefined : this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    for (const [target, each] of this.#targets) if (each === sessionId) this.#targets.delete(target);
    session.gone(goneWords(session.target.type));
  }

  #closed(why: string): void {
    for (const session of this.#sessions.values()) session.gone(why);
    this.#sessions.clear();
    this.#options.onClose(why);
  }
}

function goneWords(type: string): string {
  return type === 'page' ? 'the page was closed' : `the ${type.replaceAll('_', ' ')} is gone`;
}
