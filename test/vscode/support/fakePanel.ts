import * as vscode from 'vscode';
import type { InspectorState } from '../../../src/protocol/inspector.js';
import { until } from './extension.js';

/** A webview panel of which a test plays the page. */
export class FakePanel {
  title = '';
  iconPath: unknown;
  readonly #sent: unknown[] = [];
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly onDidDispose = new vscode.EventEmitter<void>().event;
  readonly #arrived = new vscode.EventEmitter<void>();
  readonly #viewState = new vscode.EventEmitter<void>();
  readonly onDidChangeViewState = this.#viewState.event;
  #visible = true;
  #seen = 0;
  #nextId = 1000;
  #gate: { readonly open: () => void; readonly passed: Promise<void> } | null = null;

  readonly webview = {
    html: '',
    options: {},
    cspSource: 'https://webview.test',
    asWebviewUri: (uri: vscode.Uri) => uri.with({ scheme: 'https', authority: 'webview.test' }),
    postMessage: async (message: unknown) => {
      this.#sent.push(structuredClone(message));
      this.#arrived.fire();
      await this.#gate?.passed;
      return true;
    },
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    },
  };

  get visible(): boolean {
    return this.#visible;
  }

  set visible(visible: boolean) {
    this.#visible = visible;
    this.#viewState.fire();
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  receive(message: unknown): void {
    for (const listener of this.#listeners) listener(message);
  }

  async ask(method: string, params: unknown): Promise<unknown> {
    const id = this.#nextId++;
    this.receive({ kind: 'request', id, method, params });
    const answer = await until([this.#arrived.event], () =>
      (this.#sent as { id?: number; kind: string; result?: unknown; error?: { code: string } }[]).find(
        (message) => message.id === id,
      ),
    );
    if (answer.kind === 'error') throw new Error(answer.error?.code);
    return answer.result;
  }

  states(): readonly InspectorState[] {
    return (this.#sent as { kind: string; name: string; data: InspectorState }[])
      .filter(({ kind, name }) => kind === 'event' && name === 'state')
      .map(({ data }) => data);
  }

  /** Everything the page was told without asking, in order. */
  events(): readonly { readonly name: string; readonly data: unknown }[] {
    return (this.#sent as { kind: string; name: string; data: unknown }[]).filter(({ kind }) => kind === 'event');
  }

  /** The first event told from now on, or already, that `find` takes. */
  event(name: string, find: (data: never) => boolean = () => true): Promise<unknown> {
    return until([this.#arrived.event], () =>
      this.events().find((one) => one.name === name && find(one.data as never)),
    );
  }

  /** The state after those seen so far. */
  async nextState(): Promise<InspectorState> {
    const seen = Math.max(this.#seen, this.states().length);
    const state = await until([this.#arrived.event], () => this.states()[seen]);
    this.#seen = seen + 1;
    return state;
  }

  hold(): void {
    let open = (): void => undefined;
    const passed = new Promise<void>((resolve) => (open = resolve));
    this.#gate = { open, passed };
  }

  release(): void {
    this.#gate?.open();
    this.#gate = null;
  }
}
