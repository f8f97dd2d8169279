import * as vscode from 'vscode';
import type { CommandId } from './contributions.js';
import { showError } from './errors.js';
import type { Log } from './log.js';
import { ObservedRow } from './sessions/observedRow.js';
import { ProfileFolder } from './views/profilesView.js';
import { SessionHandle } from './sessions/sessionHandle.js';
import { Watched } from './watch/watched.js';

export type Command = (...args: readonly unknown[]) => unknown;

/** Registers a command so that what it throws is shown once, as text; a caller with arguments gets the error as well. */
export function registerCommand(id: CommandId, command: Command, log: Log): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      return await command(...args);
    } catch (error) {
      if (isQuiet(id, args)) throw error;
      showError(error, log);
      return undefined;
    }
  });
}

/** Called by code: the caller has the error, so no one else is told. */
function isQuiet(id: CommandId, args: readonly unknown[]): boolean {
  // A row of a tree: a person clicked.
  if ([SessionHandle, Watched, ObservedRow, ProfileFolder].some((row) => args[0] instanceof row)) return false;
  return args.some((arg) => arg !== undefined) && !/\.(profile|profiles|running|history)\./.test(id);
}
