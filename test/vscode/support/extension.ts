import { ok } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { WsprobeApi } from '../../../src/extension.js';
import type { Report } from '../../../src/core/base/model.js';

export async function activated(): Promise<WsprobeApi> {
  const extension = vscode.extensions.getExtension<WsprobeApi>('wsprobe.wsprobe');
  ok(extension, 'the extension is installed');
  return extension.activate();
}

export interface StartedPlayground {
  readonly http: string;
  readonly ws: string;
  readonly wss: string;
  readonly http2: { readonly h2: string; readonly h2c: string };
  readonly caFile: string;
  readonly portTaken: boolean;
}

export async function startPlayground(): Promise<StartedPlayground> {
  return vscode.commands.executeCommand('wsprobe.playground.start', { port: 0 });
}

export function probe(target: unknown, options: unknown = { inspector: false }): Thenable<Report> {
  return vscode.commands.executeCommand<Report>('wsprobe.probe', target, options);
}

/** Budgets that a busy machine keeps: what is tested is never how fast it is. */
export const UNHURRIED = { budgets: { upgrade: { degradedMs: 60_000 }, message: { degradedMs: 60_000 } } };

/** Healthy but for how long a busy machine took; fails with the findings otherwise. */
export function isHealthy({ verdict, findings, error }: Report, message = ''): void {
  const isSlow = verdict === 'degraded' && findings.every(({ id }) => id === 'budget.exceeded');
  ok(verdict === 'healthy' || isSlow, [message, verdict, JSON.stringify({ error, findings }, null, 2)].join('\n'));
}

export function folderUri(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  ok(folder, 'a folder is open');
  return folder;
}

export async function writeProfile(name: string, content: unknown): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folderUri(), name);
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Resolves when `find` gives something, asked again at each event. */
export async function until<T>(events: readonly vscode.Event<unknown>[], find: () => T | undefined): Promise<T> {
  const now = find();
  if (now !== undefined) return now;
  return new Promise((resolve) => {
    const listeners = events.map((event) =>
      event(() => {
        const found = find();
        if (found === undefined) return;
        for (const listener of listeners) listener.dispose();
        resolve(found);
      }),
    );
  });
}

export async function rejection(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    ok(error instanceof Error);
    return error;
  }
  throw new Error('It was expected to fail.');
}

/** Threads of the extension host process; the engine is one. */
export function workerCount(): number {
  const report = process.report.getReport() as unknown as { readonly workers?: readonly unknown[] };
  return report.workers?.length ?? 0;
}

export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
