import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { EngineClient } from '../engine/client.js';
import type { ProfileFixes } from './fixes/profileFixes.js';
import type { InspectorActions } from './inspector/panel.js';
import type { ProbeTarget } from './target/probeTarget.js';
import type { RunKind } from './target/targetRun.js';
import type { Secrets } from './secrets.js';
import type { VirtualDocuments } from './virtualDocuments.js';

const late = () => import('./late.js');

/** What the buttons of an inspector do, apart from running. */
export function createInspectorActions(
  documents: VirtualDocuments,
  engine: EngineClient,
  secrets: Secrets,
  runAgain: (subject: ProbeTarget, kind?: RunKind) => void,
  fixes: () => Promise<ProfileFixes>,
): InspectorActions {
  return {
    runAgain: (subject) => runAgain(subject),
    findCause: (subject) => runAgain(subject, 'differential'),
    followRedirect: async (subject) => {
      if (await (await late()).mayFollow(engine, subject)) runAgain(subject, 'follow');
    },
    applyFix: async (subject, choice) => (await fixes()).apply(subject, choice),
    tryFix: async (subject, choice) => (await fixes()).tryOnce(subject, choice),
    keepFix: async (subject) => (await fixes()).keep(subject),
    undoFix: async (subject) => (await fixes()).undo(subject),
    showFix: async (subject) => (await fixes()).showDifference(subject),
    compareHealthy: async (subject) => vscode.commands.executeCommand('wsprobe.compare', subject),
    copyReport: async (subject) => vscode.env.clipboard.writeText(reportText(subject)),
    openReport: async (subject) => {
      const uri = documents.add(`${subject.name}.json`, reportText(subject));
      await vscode.window.showTextDocument(uri, { preview: true });
    },
    saveAsProfile: async (subject) => (await late()).saveAsProfile(engine, secrets, subject),
    openProfile: async ({ target }) => {
      if (target.kind === 'file') await vscode.window.showTextDocument(target.uri);
    },
  };
}

function reportText({ run: { report } }: ProbeTarget): string {
  if (!report) throw new ProbeError('report.none', vscode.l10n.t('There is no report yet.'));
  return `${JSON.stringify(report, null, 2)}\n`;
}
