import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { CopyTool } from '../../core/convert/copyAs.js';
import type { EngineClient } from '../../engine/client.js';
import { refOf } from '../../protocol/prepared.js';
import type { Preparer } from '../prepare.js';
import type { ProbeTarget } from '../target/probeTarget.js';

const COPY_TOOLS: readonly CopyTool[] = ['curl', 'websocat', 'wscat', 'node'];

export interface CopyParts {
  readonly preparer: Pick<Preparer, 'describe'>;
  readonly engine: Pick<EngineClient, 'request'>;
}

/** The command that connects to a target as we do, its secrets by name. Trust and missing values as for a run. */
export async function commandFor(
  { preparer, engine }: CopyParts,
  subject: ProbeTarget,
  tool: CopyTool,
  ask: boolean,
): Promise<string> {
  const plan = await preparer.describe(subject.target, { ask });
  const { text, environment, notes } = await engine.request('planCopyAs', { ...refOf(plan), tool });
  const told = [
    ...notes,
    ...(environment.length > 0 ? [vscode.l10n.t('Set these variables first: {0}.', environment.join(', '))] : []),
  ];
  if (ask && told.length > 0) void vscode.window.showInformationMessage(told.join(' '));
  return text;
}

export function readTool(value: unknown): CopyTool {
  const tool = COPY_TOOLS.find((one) => one === value);
  if (tool) return tool;
  throw new ProbeError('copy.tool', vscode.l10n.t('The tool is one of {0}.', COPY_TOOLS.join(', ')));
}

export async function askTool(): Promise<CopyTool | undefined> {
  const items = COPY_TOOLS.map((tool) => ({ label: tool, tool }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Copy as') }))?.tool;
}
