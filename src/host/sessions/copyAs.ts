import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Preparer } from '../prepare.js';
import type { ProbeTarget } from '../target/probeTarget.js';

export type CopyTool = 'curl' | 'websocat' | 'wscat' | 'node';
const COPY_TOOLS: readonly CopyTool[] = ['curl', 'websocat', 'wscat', 'node'];

/** The command that connects to a target as we do, its secrets by name. Trust and missing values as for a run. */
export async function commandFor(
  preparer: Pick<Preparer, 'prepareWithSecrets'>,
  subject: ProbeTarget,
  tool: CopyTool,
  ask: boolean,
): Promise<string> {
  const { plan, secrets } = await preparer.prepareWithSecrets(subject.target, { ask });
  const { toCurl, toNode, toWebsocat, toWscat } = await import('../../core/convert/copyAs.js');
  const write = { curl: toCurl, node: toNode, websocat: toWebsocat, wscat: toWscat }[tool];
  const { text, environment, notes } = write(plan, { secrets });
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
