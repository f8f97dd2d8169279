import * as vscode from 'vscode';
import type { JobKinds } from '../../protocol/jobs.js';

type KnownTarget = Parameters<JobKinds['attach']['acts']['add']>[0];

/** A session that has no target of its own never answers. */
const TIMEOUT_MS = 5_000;
const REQUEST = 'extension.js-debug.requestCDPProxy';

/** Where the debugger hands on what a session's target says; null for one that has no target, as the root of several. */
export async function targetOf(session: vscode.DebugSession): Promise<KnownTarget | null> {
  if (session.parentSession === undefined) return null;
  const told: unknown = await Promise.race([
    vscode.commands.executeCommand(REQUEST, session.id),
    new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS)),
  ]);
  const { host, port, path } = Object(told) as {
    readonly host?: unknown;
    readonly port?: unknown;
    readonly path?: unknown;
  };
  if (typeof host !== 'string' || typeof port !== 'number') return null;
  const name = host.includes(':') ? `[${host}]` : host;
  const type = /chrome|msedge/.test(session.type) ? 'page' : 'node';
  const address = `ws://${name}:${port}${typeof path === 'string' ? path : ''}`;
  return { address, type, title: session.name, isDebugger: true };
}
