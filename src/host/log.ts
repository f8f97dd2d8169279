import * as vscode from 'vscode';
import { Redactor } from '../core/redaction/redactor.js';

/** The log channel "WebSocket". It is made with the first line; every line passes redaction. */
export class Log implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | null = null;
  #disposed = false;
  #secrets = new Set<string>();
  #redactor = new Redactor([]);

  /** From now on these values are never written. */
  hide(secrets: readonly string[]): void {
    const before = this.#secrets.size;
    for (const secret of secrets) this.#secrets.add(secret);
    if (this.#secrets.size !== before) this.#redactor = new Redactor([...this.#secrets]);
  }

  info(line: string): void {
    this.#open()?.info(this.#redactor.text(line));
  }

  warn(line: string): void {
    this.#open()?.warn(this.#redactor.text(line));
  }

  error(line: string): void {
    this.#open()?.error(this.#redactor.text(line));
  }

  redact(text: string): string {
    return this.#redactor.text(text);
  }

  show(): void {
    this.#open()?.show(true);
  }

  dispose(): void {
    this.#disposed = true;
    this.#channel?.dispose();
  }

  /** Null once disposed: what ends last may still have something to say. */
  #open(): vscode.LogOutputChannel | null {
    if (this.#disposed) return null;
    this.#channel ??= vscode.window.createOutputChannel('WebSocket', { log: true });
    return this.#channel;
  }
}
