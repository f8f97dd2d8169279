import * as vscode from 'vscode';
import { showError } from './errors.js';
import type { Log } from './log.js';
import { SessionHandle } from './sessions/sessionHandle.js';

/** Every command id of this version, as contributed; `wsprobe.profile.*`, `.history.*`, `.running.*` belong to menus only. */
export type CommandId =
  | 'wsprobe.probe'
  | 'wsprobe.connect'
  | 'wsprobe.newProfile'
  | 'wsprobe.openInspector'
  | 'wsprobe.explainCloseCode'
  | 'wsprobe.setSecret'
  | 'wsprobe.selectEnvironment'
  | 'wsprobe.session.send'
  | 'wsprobe.session.ping'
  | 'wsprobe.session.close'
  | 'wsprobe.session.reconnect'
  | 'wsprobe.session.export'
  | 'wsprobe.session.forget'
  | 'wsprobe.copyAs'
  | 'wsprobe.lab.run'
  | 'wsprobe.recording.import'
  | 'wsprobe.playground.start'
  | 'wsprobe.playground.stop'
  | 'wsprobe.profile.probe'
  | 'wsprobe.profile.connect'
  | 'wsprobe.profile.open'
  | 'wsprobe.profiles.refresh'
  | 'wsprobe.running.cancel'
  | 'wsprobe.history.open'
  | 'wsprobe.history.runAgain'
  | 'wsprobe.history.delete'
  | 'wsprobe.history.clear';

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
  if (args[0] instanceof SessionHandle) return false;
  return args.some((arg) => arg !== undefined) && !/\.(profile|profiles|running|history)\./.test(id);
}
