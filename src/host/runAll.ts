import * as vscode from 'vscode';
import type { Report, Verdict } from '../core/base/model.js';
import { messageOf } from './errorText.js';
import type { InspectorPanels } from './inspector/panels.js';
import type { Log } from './log.js';
import { nameOf } from './profileFiles.js';
import type { ProfileIndex } from './profileIndex.js';
import type { Probes } from './probes.js';
import { requireTrust } from './refusals.js';
import type { ProbeTarget } from './target/probeTarget.js';
import { parseTarget } from './target/targets.js';
import { verdictCodicon, verdictWord } from './verdicts.js';
import { ProfileFolder } from './views/profilesView.js';

const AT_ONCE = 4;

export interface RunAllParts {
  readonly probes: Probes;
  readonly index: Pick<ProfileIndex, 'list'>;
  readonly panels: InspectorPanels;
  readonly log: Log;
}

/** What came of one profile: a verdict, or why it could not run. */
export interface RanProfile {
  readonly uri: vscode.Uri;
  readonly verdict: Verdict | null;
  readonly error: string | null;
}

interface Ran extends RanProfile {
  readonly subject: ProbeTarget;
  readonly report: Report | null;
}

/** `wsprobe.runAll`: every profile of the workspace, of a folder of the tree, or those given; tells a person what came of them. */
export async function runAll(parts: RunAllParts, chosen: unknown): Promise<readonly RanProfile[]> {
  requireTrust();
  const uris = await profilesOf(parts, chosen);
  const isGiven = Array.isArray(chosen);
  const title = vscode.l10n.t('Probing {0} profiles', uris.length);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const ran = isGiven
    ? await runEach(parts, uris, () => false)
    : await vscode.window.withProgress(options, (progress, token) => {
        token.onCancellationRequested(() => {
          for (const uri of uris) parts.probes.cancel(parts.probes.get({ kind: 'file', uri }));
        });
        const note = (name: string) => progress.report({ message: name, increment: 100 / uris.length });
        return runEach(parts, uris, () => token.isCancellationRequested, note);
      });
  if (!isGiven) void tell(parts, ran);
  return ran.map(({ uri, verdict, error }) => ({ uri, verdict, error }));
}

async function profilesOf({ index }: RunAllParts, chosen: unknown): Promise<readonly vscode.Uri[]> {
  if (chosen instanceof ProfileFolder) return chosen.uris;
  if (!Array.isArray(chosen)) return index.list();
  return chosen.flatMap((one) => {
    const target = parseTarget(one);
    return target.kind === 'file' ? [target.uri] : [];
  });
}

/** A few at once, in the order given; once it is cancelled none begins. */
async function runEach(
  { probes, log }: RunAllParts,
  uris: readonly vscode.Uri[],
  isCancelled: () => boolean,
  note: (name: string) => void = () => undefined,
): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  const queue = uris.values();
  const work = async () => {
    for (const uri of queue) {
      if (isCancelled()) return;
      const subject = probes.get({ kind: 'file', uri });
      try {
        const report = await probes.run(subject, { ask: false });
        ran.push({ uri, subject, report, verdict: report.verdict, error: null });
      } catch (error) {
        const { message } = messageOf(error);
        log.warn(`${nameOf(uri)}: ${message}`);
        ran.push({ uri, subject, report: null, verdict: null, error: message });
      }
      note(nameOf(uri));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const order = new Map(uris.map((uri, index) => [uri, index]));
  return ran.toSorted((a, b) => (order.get(a.uri) ?? 0) - (order.get(b.uri) ?? 0));
}

async function tell({ panels }: RunAllParts, ran: readonly Ran[]): Promise<void> {
  const bad = ran.filter(({ verdict }) => verdict !== 'healthy');
  const text = summary(ran);
  if (bad.length === 0) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const show = vscode.l10n.t('Show…');
  if ((await vscode.window.showWarningMessage(text, show)) !== show) return;
  const items = bad.map(({ subject, verdict, error, report }) => ({
    label: `${verdict ? verdictCodicon(verdict) : '$(warning)'} ${subject.name}`,
    description: verdict ? verdictWord(verdict) : vscode.l10n.t('could not run'),
    detail: error ?? report?.findings[0]?.title ?? '',
    subject,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: text, matchOnDetail: true });
  if (chosen) panels.open(chosen.subject, { preserveFocus: false });
}

function summary(ran: readonly RanProfile[]): string {
  const count = (wanted: Verdict | null) => ran.filter(({ verdict }) => verdict === wanted).length;
  const parts = (['healthy', 'degraded', 'down'] as const)
    .map((verdict) => [count(verdict), verdictWord(verdict)] as const)
    .concat([[count(null), vscode.l10n.t('could not run')]])
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`);
  return vscode.l10n.t(
    '{0} profiles: {1}',
    ran.length,
    parts.length > 0 ? parts.join(', ') : vscode.l10n.t('none ran'),
  );
}
