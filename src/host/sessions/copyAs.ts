import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { CopyTool as CopyProgram, ShellName } from '../../core/convert/copyAs.js';
import type { EngineClient } from '../../engine/client.js';
import { COPY_TOOLS, type CopyTool } from '../../protocol/acts.js';
import { refOf } from '../../protocol/prepared.js';
import type { Preparer } from '../prepare.js';
import type { ProbeTarget } from '../target/probeTarget.js';

export type { CopyTool } from '../../protocol/acts.js';

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
  const [program, named] = tool.split('-') as [CopyProgram, ShellName | undefined];
  // A program that asks for a command gets the same one everywhere.
  const shell = named ?? (ask ? usualShell(process.platform) : 'posix');
  const { text, environment, notes } = await engine.request('planCopyAs', { ...refOf(plan), tool: program, shell });
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
  const items = COPY_TOOLS.map((tool) => ({ label: tool.split('-')[0] ?? tool, description: shellOf(tool), tool }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Copy as') }))?.tool;
}

function shellOf(tool: CopyTool): string {
  if (tool === 'node') return vscode.l10n.t('script');
  if (tool === 'websocat') return SHELL_NAMES.posix;
  return SHELL_NAMES[(tool.split('-')[1] as ShellName | undefined) ?? usualShell(process.platform)];
}

/** Of the terminals where the extension runs. */
function usualShell(platform: NodeJS.Platform): ShellName {
  return platform === 'win32' ? 'powershell' : 'posix';
}

const SHELL_NAMES: Readonly<Record<ShellName, string>> = { posix: 'POSIX', powershell: 'PowerShell', cmd: 'cmd' };
