import * as vscode from 'vscode';
import { formatAuthority } from '../../core/base/address.js';
import type { JobKinds } from '../../protocol/jobs.js';

type KnownTarget = Parameters<JobKinds['attach']['acts']['add']>[0];

/** A session that has just begun has no target yet; one that will have none may never answer. */
const TIMEOUT_MS = 10_000;
const AGAIN_MS = 100;
const REQUEST = 'extension.js-debug.requestCDPProxy';

/** Where the debugger hands on what a session's target says; null for one that has no target, as the root of several. */
export async function targetOf(session: vscode.DebugSession): Promise<KnownTarget | null> {
  if (session.parentSession === undefined) return null;
  const told = await asked(session.id);
  const { host, port, path } = Object(told) as {
    readonly host?: unknown;
    readonly port?: unknown;
    readonly path?: unknown;
  };
  if (typeof host !== 'string' || typeof port !== 'number') return null;
  const type = /chrome|msedge/.test(session.type) ? 'page' : 'node';
  const address = `ws://${formatAuthority(host, port)}${typeof path === 'string' ? path : ''}`;
  return { address, type, title: session.name, isDebugger: true };
}

async function asked(sessionId: string): Promise<unknown> {
  const until = Date.now() + TIMEOUT_MS;
  const over = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
  while (Date.now() < until) {
    const told: unknown = await Promise.race([vscode.commands.executeCommand(REQUEST, sessionId), over]);
    if (told !== undefined) return told;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return undefined;
}
