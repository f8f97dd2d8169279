import * as vscode from 'vscode';
import type { CommandId } from '../contributions.js';
import type { ConversationParts } from '../convert/saveConversation.js';
import { ActionableError, showError } from '../errors.js';
import type { SessionActions } from '../inspector/sessionHandlers.js';
import type { Log } from '../log.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { CopyParts } from './copyAs.js';
import type { Payloads } from './payloads.js';
import { localPath } from './places.js';
import type { Recordings } from './recordings.js';

export interface SessionActionParts {
  readonly payloads: () => Promise<Payloads>;
  readonly recordings: () => Promise<Recordings>;
  readonly copying: CopyParts;
  readonly log: Log;
  readonly conversations: ConversationParts;
  readonly connect: (subject: ProbeTarget) => Promise<unknown>;
}

/** What the buttons of a session's panel do, apart from what the engine does alone. */
export function createSessionActions({
  payloads,
  recordings,
  copying,
  log,
  conversations,
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
    record: async (session, on) => (await recordings()).record(session, on),
    exportLog: async (session, format) => (await recordings()).askAndExport(session, format),
    learnContract: (session) => vscode.commands.executeCommand('wsprobe.contract.learn' satisfies CommandId, session),
    holdContract: (session) => vscode.commands.executeCommand('wsprobe.contract.check' satisfies CommandId, session),
    copyAs: async (subject, tool) => {
      const { commandFor, readTool } = await import('../late.js');
      await vscode.env.clipboard.writeText(await commandFor(copying, subject, readTool(tool), true));
    },
    openPayload: async (session, id, mode) => (await payloads()).open(session, id, mode),
    savePayload: async (session, id, mode) => (await payloads()).save(session, id, mode),
    comparePayloads: async (session, ids, mode) => (await payloads()).compare(session, ids, mode),
    openAsText: async (session, viewId) => (await payloads()).openLog(session, viewId),
    saveConversation: async (session, choice) =>
      (await import('../late.js')).saveConversation(conversations, session, choice),
    pickFile: async () => {
      const [file] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Send a file') })) ?? [];
      return file ? localPath(file) : null;
    },
  };
}
