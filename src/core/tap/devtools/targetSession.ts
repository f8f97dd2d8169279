import { parseUrl } from '../../base/url.js';
import type { ObservedSource } from '../../session/observedSource.js';
import type { CdpClient } from './cdpClient.js';
import type { EventClock } from './eventClock.js';
import { bareUrl, type Handshakes } from './handshakes.js';
import { HookedSockets } from './hookedSockets.js';
import { readHookMessage } from './hookMessage.js';
import { hookScript, stayScript, unhookScript } from './hookScript.js';
import { NetworkSockets, type SeenTarget } from './networkSockets.js';
import { type Fields, fieldsOf, numberOf, textOf } from './wire.js';

const MAX_CONTEXTS = 1_000;

export interface TargetSessionOptions {
  readonly client: CdpClient;
  /** Null for the target that was connected to. */
  readonly sessionId: string | null;
  readonly target: SeenTarget;
  readonly source: ObservedSource;
  readonly handshakes: Handshakes;
  readonly clock: EventClock;
  /** The name of the hook's binding; null where nothing may be put into the program. */
  readonly hook: string | null;
  readonly onConnection: (connection: number) => void;
}

/** One page, worker or process that is looked at. */
export class TargetSession {
  readonly #options: TargetSessionOptions;
  readonly #sockets: NetworkSockets;
  readonly #hooked: HookedSockets;
  /** Places in the target where a hook is. */
  readonly #contexts = new Set<number>();
  #target: SeenTarget;
  #script: string | null = null;

  constructor(options: TargetSessionOptions) {
    const { source, handshakes, clock, onConnection } = options;
    this.#options = options;
    this.#target = options.target;
    const target = () => this.#target;
    this.#sockets = new NetworkSockets({ source, handshakes, clock, target, onConnection });
    this.#hooked = new HookedSockets(source, handshakes, target, onConnection);
  }

  get target(): SeenTarget {
    return this.#target;
  }

  get #isNode(): boolean {
    return this.#target.type === 'node';
  }

  /**
   * Asks for what is looked at, all at once: a target that waits for its first line answers in order, and only then. What a
   * kind of target does not know is left out.
   */
  async begin(): Promise<void> {
    const { hook, sessionId } = this.#options;
    const isPage = !this.#isNode;
    // A thread of the process would wait for us to let go, and who ends it for the thread.
    const isProcess = this.#isNode && sessionId === null;
    const asked = [
      this.#ask('Network.enable'),
      ...(isPage ? [this.#ask('Page.enable'), this.#ask('Inspector.enable')] : []),
      ...(isProcess ? [this.#ask('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true })] : []),
      ...(hook === null ? [] : this.#beginHook(hook)),
    ];
    if (hook === null && this.#isNode) this.#noteNode();
    await Promise.all(asked);
  }

  /** Loads the page again, so that its sockets are seen from their first byte. False where that is no page. */
  async reload(): Promise<boolean> {
    return (await this.#ask('Page.reload')) !== null;
  }

  /** Takes an event of this target. */
  take(method: string, params: Fields): void {
    // A process with a hook in it tells by that alone: twice would be once too often.
    if (method.startsWith('Network.')) {
      if (!(this.#isNode && this.#options.hook !== null)) this.#sockets.take(method, params);
      return;
    }
    switch (method) {
      case 'Runtime.bindingCalled':
        this.#heard(params);
        return;
      case 'Runtime.executionContextCreated':
        this.#contextCreated(fieldsOf(params['context']));
        return;
      case 'Runtime.executionContextDestroyed':
        this.#contexts.delete(numberOf(params['executionContextId']) ?? -1);
        return;
      case 'Runtime.executionContextsCleared':
        this.#contexts.clear();
        this.#endAll('the page was left or loaded again');
        return;
      case 'Page.frameNavigated':
        this.#navigated(fieldsOf(params['frame']));
        return;
      case 'Inspector.targetCrashed':
        this.#endAll('the page crashed');
        this.#options.source.note(null, `Crashed: ${this.#name}`);
        return;
    }
  }

  /** Says to the hooks that somebody still listens. */
  stay(): void {
    const { hook } = this.#options;
    if (hook !== null) void Promise.all(this.#inContexts(stayScript(hook)));
  }

  /** Takes away what was put into the program. */
  async end(): Promise<void> {
    const { hook } = this.#options;
    if (hook === null) return;
    const script =
      this.#script === null
        ? null
        : this.#ask('Page.removeScriptToEvaluateOnNewDocument', { identifier: this.#script });
    await Promise.all([script, ...this.#inContexts(unhookScript(hook))]);
    await this.#ask('Runtime.removeBinding', { name: hook });
  }

  /** It is gone, and its sockets with it. */
  gone(why: string): void {
    this.#endAll(why);
  }

  get #name(): string {
    const { title, url, type } = this.#target;
    return title || bareUrl(url) || type;
  }

  #ask(method: string, params: Fields = {}): Promise<Fields | null> {
    const { client, sessionId } = this.#options;
    return client.tryCall(method, params, sessionId);
  }

  #beginHook(name: string): readonly Promise<unknown>[] {
    const source = hookScript({ name, frames: this.#isNode });
    const asked: Promise<unknown>[] = [this.#ask('Runtime.addBinding', { name })];
    if (!this.#isNode) {
      const added = this.#ask('Page.addScriptToEvaluateOnNewDocument', { source });
      asked.push(added.then((script) => (this.#script = textOf(script?.['identifier'], 200))));
    }
    // Tells of each place in the target where code runs, and the hook goes there. A worker has one, told of or not.
    return [...asked, this.#ask('Runtime.enable'), this.#evaluate(source, null)];
  }

  #contextCreated(context: Fields | null): void {
    const { hook } = this.#options;
    const id = numberOf(context?.['id']);
    if (hook === null || id === null || this.#contexts.size >= MAX_CONTEXTS) return;
    const data = fieldsOf(context?.['auxData']);
    if (data?.['isDefault'] === false) return;
    this.#contexts.add(id);
    void this.#evaluate(hookScript({ name: hook, frames: this.#isNode }), id);
  }

  #inContexts(expression: string): readonly Promise<unknown>[] {
    const ids = this.#contexts.size === 0 ? [null] : [...this.#contexts];
    return ids.map((id) => this.#evaluate(expression, id));
  }

  #evaluate(expression: string, contextId: number | null): Promise<Fields | null> {
    const place = contextId === null ? {} : { contextId };
    // In Node this is what gives the hook its `require`.
    const includeCommandLineAPI = this.#isNode;
    return this.#ask('Runtime.evaluate', {
      expression,
      silent: true,
      returnByValue: true,
      includeCommandLineAPI,
      ...place,
    });
  }

  #heard(params: Fields): void {
    const { hook } = this.#options;
    const payload = params['payload'];
    if (hook === null || params['name'] !== hook || typeof payload !== 'string') return;
    const message = readHookMessage(payload);
    if (!message) return;
    const context = String(numberOf(params['executionContextId']) ?? 0);
    if (this.#isNode) this.#hooked.take(context, message);
    else this.#sockets.hooked(context, message);
  }

  #navigated(frame: Fields | null): void {
    const url = textOf(frame?.['url'], 2_048);
    // Of a frame inside a page nobody tells which sockets are its own.
    if (!frame || url === null || frame['parentId'] !== undefined) return;
    const before = this.#target;
    const isSame = parseUrl(before.url)?.href === parseUrl(url)?.href;
    this.#endAll(isSame ? 'the page was loaded again' : 'the page was left');
    // A page that nothing was in yet was not left.
    if (before.url !== '' && before.url !== 'about:blank')
      this.#options.source.note(
        null,
        isSame ? `Reloaded: ${bareUrl(url)}` : `Navigated: ${bareUrl(before.url)} to ${bareUrl(url)}`,
      );
    this.#target = { ...before, url };
  }

  #endAll(why: string): void {
    this.#sockets.endAll(why);
    this.#hooked.endAll(why);
  }

  #noteNode(): void {
    this.#options.source.note(
      null,
      `${this.#name}: DevTools of Node.js tell no frames of its sockets, and nothing of its worker threads. Attach with the hook to see both.`,
    );
  }
}
