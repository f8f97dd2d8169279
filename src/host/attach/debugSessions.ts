import * as vscode from 'vscode';
import { DisposableStore } from '../disposableStore.js';

/** The JavaScript that is being debugged in this window: pages, workers, processes. */
export class DebugSessions implements vscode.Disposable {
  readonly #sessions = new Map<string, vscode.DebugSession>();
  readonly #store = new DisposableStore();
  readonly #started = this.#store.add(new vscode.EventEmitter<vscode.DebugSession>());
  readonly #ended = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidStart = this.#started.event;
  /** The last of them has ended. */
  readonly onDidEndAll = this.#ended.event;

  constructor() {
    const { activeDebugSession } = vscode.debug;
    if (activeDebugSession) this.#add(activeDebugSession);
    this.#store.add(vscode.debug.onDidStartDebugSession((session) => this.#add(session)));
    this.#store.add(
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        if (this.#sessions.delete(id) && this.#sessions.size === 0) this.#ended.fire();
      }),
    );
  }

  /** With those that they belong to: only a debugger's own sessions have something to tell. */
  get all(): readonly vscode.DebugSession[] {
    return [...this.#sessions.values()];
  }

  dispose(): void {
    this.#store.dispose();
  }

  #add(session: vscode.DebugSession): void {
    if (!isJavaScript(session) || this.#sessions.has(session.id)) return;
    this.#sessions.set(session.id, session);
    this.#started.fire(session);
  }
}

function isJavaScript({ type }: vscode.DebugSession): boolean {
  return /^(pwa-)?(node|chrome|msedge|extensionHost|node-terminal)$/.test(type);
}
