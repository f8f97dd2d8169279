import * as vscode from 'vscode';
import type { ExperimentName } from '../../core/base/experiment.js';
import { ASK_ABOVE, type Bound, EXPERIMENT_FACTS, type ExperimentSettings } from '../../core/base/experimentFacts.js';
import type { PreparedPlan } from '../../protocol/prepared.js';

/** Asks for what an experiment needs, and for how many connections; undefined where somebody turns away. */
export async function askSettings(experiment: ExperimentName): Promise<ExperimentSettings | undefined> {
  const { connections, needs } = EXPERIMENT_FACTS[experiment];
  const jsonPath = needs ? await askPath() : null;
  if (jsonPath === undefined) return undefined;
  const count = connections ? await askCount(connections) : null;
  if (count === undefined) return undefined;
  return { ...(jsonPath === null ? {} : { jsonPath }), ...(count === null ? {} : { connections: count }) };
}

/** Whether so many connections are wanted; few are not asked about. */
export async function mayOpen({ connections = 0 }: ExperimentSettings, { hosts, url }: PreparedPlan): Promise<boolean> {
  if (connections <= ASK_ABOVE) return true;
  const open = vscode.l10n.t('Open Them');
  const question = vscode.l10n.t('Open {0} connections to {1}?', connections, hosts[0] ?? url);
  const detail = vscode.l10n.t('Only against a server that is yours, or whose owner agrees.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, open)) === open;
}

function askPath(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Where is the number in each message?'),
    value: '$.seq',
    prompt: vscode.l10n.t('A JSONPath'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A JSONPath, such as $.seq') : null),
  });
}

async function askCount({ least, most, usual }: Bound): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('How many connections?'),
    value: String(usual),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const count = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
      return count >= least && count <= most ? null : vscode.l10n.t('A whole number from {0} to {1}', least, most);
    },
  });
  return typed === undefined ? undefined : Number(typed);
}
