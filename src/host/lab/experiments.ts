import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { EXPERIMENT_NAMES, type ExperimentName } from '../../core/base/experiment.js';

export type LabName = ExperimentName | 'handshake';

/** Throws for what is none. */
export function readExperiment(name: unknown): LabName {
  const names: readonly string[] = ['handshake', ...EXPERIMENT_NAMES];
  if (typeof name === 'string' && names.includes(name)) return name as LabName;
  throw new ProbeError('lab.unknown', vscode.l10n.t('There is no experiment "{0}".', String(name).slice(0, 80)), {
    hint: vscode.l10n.t('The experiments are: {0}.', names.join(', ')),
  });
}

/** Asks which; undefined where nobody chose. */
export async function chooseExperiment(): Promise<LabName | undefined> {
  const items = (Object.entries(words()) as [LabName, Words][]).map(([name, [label, detail]]) => {
    return { label, description: name, detail, name };
  });
  const options = { title: vscode.l10n.t('Run which experiment?'), matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.name;
}

type Words = readonly [label: string, detail: string];

/** What each is called, and what it tells. */
function words(): Readonly<Record<LabName, Words>> {
  return {
    handshake: [
      vscode.l10n.t('Find what breaks the handshake'),
      vscode.l10n.t('Tries the opening handshake again with one thing changed at a time, until it passes.'),
    ],
    idle: [
      vscode.l10n.t('Find the idle timeout'),
      vscode.l10n.t('When silent connections are cut, by whom, and whether the heartbeat of the profile is enough.'),
    ],
    lifetime: [
      vscode.l10n.t('Find the longest lifetime'),
      vscode.l10n.t('Whether busy connections are ended at the same age, and who does that.'),
    ],
    sticky: [
      vscode.l10n.t('See whether sessions stick'),
      vscode.l10n.t('How many backends connections reach, without a cookie and with those that the first was given.'),
    ],
    ramp: [
      vscode.l10n.t('Find the connection limit'),
      vscode.l10n.t('How many connections stand at once, and what turns the next one away.'),
    ],
    reconnect: [
      vscode.l10n.t('Drop and reconnect'),
      vscode.l10n.t('How soon a dropped client is back, at which try, and what it missed.'),
    ],
    heartbeat: [
      vscode.l10n.t('Test the heartbeat'),
      vscode.l10n.t('Whether the server pings, answers pings, and notices a client that does not.'),
    ],
    backpressure: [
      vscode.l10n.t('Test the back-pressure'),
      vscode.l10n.t('Whether what the server keeps for a client that reads slowly, or not at all, is bounded.'),
    ],
    closes: [
      vscode.l10n.t('Count how connections end'),
      vscode.l10n.t('The close codes of many probes, and how sure that is.'),
    ],
    sequence: [
      vscode.l10n.t('Check the order of messages'),
      vscode.l10n.t('What is missing, repeated or out of order, by the number in each message.'),
    ],
  };
}
