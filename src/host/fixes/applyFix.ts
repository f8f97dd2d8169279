import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Report, Verdict } from '../../core/base/model.js';
import { activeProfile, wantsNoInspector } from '../arguments.js';
import type { History } from '../history.js';
import type { InspectorPanels } from '../inspector/panels.js';
import type { Probes } from '../probes.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import { parseTarget } from '../target/targets.js';
import { fixesOf, type ProfileFix, type ProfileFixes } from './profileFixes.js';

export interface ApplyFixParts {
  readonly fixes: ProfileFixes;
  readonly probes: Probes;
  readonly panels: InspectorPanels;
  readonly history: History;
}

/** What an applied fix came to. */
export interface FixOutcome {
  readonly finding: string;
  readonly title: string;
  readonly before: Verdict;
  readonly after: Verdict | null;
  readonly report: Report | null;
}

interface Chosen {
  readonly fix: ProfileFix;
  readonly once: boolean;
}

/** `wsprobe.applyFix`: with a target and `{ finding?, title?, once?, inspector? }` it asks nothing; else a person chooses. */
export async function applyFix(
  parts: ApplyFixParts,
  argument: unknown,
  options: unknown,
): Promise<FixOutcome | undefined> {
  const subject = await subjectOf(parts, argument);
  const before = subject?.run.report ?? null;
  if (!subject || !before) {
    throw new ProbeError('fix.no-report', vscode.l10n.t('There is no report with a fix yet: probe first.'));
  }
  const chosen = isRecord(options) ? named(subject, before, options) : await ask(subject, before);
  if (!chosen) return undefined;
  if (!wantsNoInspector(options)) parts.panels.open(subject, { preserveFocus: true });
  const { fix, once } = chosen;
  await (once ? parts.fixes.tryOnce(subject, fix) : parts.fixes.apply(subject, fix));
  const { report, status } = subject.run;
  const now = status === 'done' ? report : null;
  return { finding: fix.finding, title: fix.title, before: before.verdict, after: now?.verdict ?? null, report: now };
}

/** The one that is meant, with the last report that is known of it. */
async function subjectOf({ panels, probes, history }: ApplyFixParts, argument: unknown) {
  if (argument === undefined && panels.active) return panels.active;
  const uri = activeProfile();
  if (argument === undefined && !uri) return null;
  const subject = probes.get(argument === undefined && uri ? { kind: 'file', uri } : parseTarget(argument));
  const { target } = subject;
  const last = subject.run.report || target.kind !== 'file' ? undefined : history.lastOfFile(target.uri);
  if (last) probes.restore(subject, last, await history.read(last.id));
  return subject;
}

function named(subject: ProbeTarget, report: Report, options: Readonly<Record<string, unknown>>): Chosen {
  const { finding, title, once } = options;
  const fix = fixesOf(report).find(
    (one) => (finding === undefined || one.finding === finding) && (title === undefined || one.title === title),
  );
  if (!fix) throw new ProbeError('fix.none', vscode.l10n.t('The report has no such fix for the profile.'));
  return { fix, once: once === true || subject.target.kind !== 'file' };
}

async function ask(subject: ProbeTarget, report: Report): Promise<Chosen | undefined> {
  const found = fixesOf(report);
  if (found.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The last report has no fix for the profile.'));
    return undefined;
  }
  const ways = subject.target.kind === 'file' ? [false, true] : [true];
  const items = ways.flatMap((once) =>
    found.map((fix) => ({
      label: once ? vscode.l10n.t('Try Once: {0}', fix.title) : vscode.l10n.t('Apply: {0}', fix.title),
      description: fix.finding,
      detail: fix.snippet.replace(/\s+/g, ' '),
      fix,
      once,
    })),
  );
  return vscode.window.showQuickPick(items, { title: vscode.l10n.t('Apply which fix?'), matchOnDetail: true });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
