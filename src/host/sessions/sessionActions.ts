import * as vscode from 'vscode';
import type { CommandId } from '../contributions.js';
import { ActionableError, showError } from '../errors.js';
import type { SessionActions } from '../inspector/sessionHandlers.js';
import type { Log } from '../log.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { CopyParts } from './copyAs.js';
import type { Payloads } from './payloads.js';
import { localPath } from './places.js';
import type { Recordings } from './recordings.js';

export interface SessionActionParts {
  readonly payloads: Payloads;
  readonly recordings: Recordings;
  readonly copying: CopyParts;
  readonly log: Log;
  readonly connect: (subject: ProbeTarget) => Promise<unknown>;
}

/** What the buttons of a session's panel do, apart from what the engine does alone. */
export function createSessionActions({
  payloads,
  recordings,
  copying,
  log,
  connect,
}: SessionActionParts): SessionActions {
  return {
    connect: async (subject) => {
      try {
        await connect(subject);
      } catch (error) {
        // The panel shows it; what needs a decision brings its buttons.
        if (error instanceof ActionableError) showError(error, log);
        else throw error;
      }
    },
    record: (session, on) => recordings.record(session, on),
    exportLog: (session, format) => recordings.askAndExport(session, format),
    learnContract: (session) => vscode.commands.executeCommand('wsprobe.contract.learn' satisfies CommandId, session),
    holdContract: (session) => vscode.commands.executeCommand('wsprobe.contract.check' satisfies CommandId, session),
    copyAs: async (subject, tool) => {
      const { commandFor, readTool } = await import('../late.js');
      await vscode.env.clipboard.writeText(await commandFor(copying, subject, readTool(tool), true));
    },
    openPayload: (session, id, mode) => payloads.open(session, id, mode),
    savePayload: (session, id, mode) => payloads.save(session, id, mode),
    comparePayloads: (session, ids, mode) => payloads.compare(session, ids, mode),
    openAsText: (session, viewId) => payloads.openLog(session, viewId),
    pickFile: async () => {
      const [file] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Send a file') })) ?? [];
      return file ? localPath(file) : null;
    },
  };
}
