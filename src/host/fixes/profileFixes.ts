import { posix } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Fix, ProfileChange, Report } from '../../core/base/model.js';
import type { EngineClient } from '../../engine/client.js';
import type { FixChoice, UsedFix } from '../../protocol/inspector.js';
import { refOf } from '../../protocol/prepared.js';
import type { Environments } from '../environments.js';
import { placeOf } from '../profileFiles.js';
import type { RunOptions } from '../probes.js';
import { requireTrust } from '../refusals.js';
import { setContext } from '../settings.js';
import type { ProbeTarget } from '../target/probeTarget.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { replaceText } from './replaceText.js';

export interface ProfileFixParts {
  readonly engine: Pick<EngineClient, 'request'>;
  readonly environments: Environments;
  readonly documents: VirtualDocuments;
  /** Runs for a person who watches. */
  readonly run: (subject: ProbeTarget, options: Partial<RunOptions>) => Promise<unknown>;
}

/** A fix in use: what the report said it changes, and the profile before and after. */
interface Use {
  readonly fix: UsedFix;
  readonly change: readonly ProfileChange[];
  readonly url: string;
  readonly texts: { readonly before: string; readonly after: string } | null;
  readonly saved: boolean;
}

/** Puts fixes of a report into the profile, or tries them once, and runs again. */
export class ProfileFixes {
  readonly #parts: ProfileFixParts;
  readonly #uses = new WeakMap<ProbeTarget, Use>();

  constructor(parts: ProfileFixParts) {
    this.#parts = parts;
  }

  async apply(subject: ProbeTarget, choice: FixChoice): Promise<void> {
    await this.#put(subject, this.#choose(subject, choice));
  }

  async tryOnce(subject: ProbeTarget, choice: FixChoice): Promise<void> {
    if (subject.isIncomplete) {
      const hint = vscode.l10n.t('Run it again first.');
      throw new ProbeError('fix.incomplete', vscode.l10n.t('The credentials of this URL were not kept.'), { hint });
    }
    const chosen = this.#choose(subject, choice);
    const { target } = subject;
    if (target.kind === 'file') requireTrust();
    const texts = target.kind === 'file' ? await this.#change(target.uri, subject, chosen) : null;
    const fix: UsedFix = { ...chosen.fix, kind: 'tried', difference: texts?.difference ?? null };
    this.#uses.set(subject, { ...chosen, fix, texts, saved: false });
    const { change, url } = chosen;
    await this.#parts.run(subject, { kind: 'fixed', fix, tried: { change, url }, isKept: () => false });
    await setContext('fixUsed', true);
  }

  /** Puts in what was tried. */
  async keep(subject: ProbeTarget): Promise<void> {
    await this.#put(subject, this.#use(subject));
  }

  /** Takes out what was put in, as long as nobody has changed the profile since, and runs again. */
  async undo(subject: ProbeTarget): Promise<void> {
    const { texts, saved } = this.#use(subject);
    const document = await vscode.workspace.openTextDocument(fileOf(subject));
    if (!texts || document.getText() !== texts.after) {
      throw new ProbeError('fix.changed', vscode.l10n.t('The profile has changed since: undo it in its editor.'));
    }
    await replaceText(document, texts.before, saved && !document.isDirty);
    this.#uses.delete(subject);
    await this.#parts.run(subject, { kind: 'probe' });
  }

  /** The profile before and after, side by side. */
  async showDifference(subject: ProbeTarget): Promise<void> {
    const { texts, fix } = this.#use(subject);
    const uri = fileOf(subject);
    if (!texts) return;
    const name = posix.basename(uri.path);
    const { documents } = this.#parts;
    const before = documents.add(name, texts.before);
    const after = fix.kind === 'applied' ? uri : documents.add(name, texts.after);
    await vscode.commands.executeCommand('vscode.diff', before, after, `${name}: ${fix.title}`);
  }

  async #put(subject: ProbeTarget, { fix: used, ...of }: Pick<Use, 'fix' | 'change' | 'url'>): Promise<void> {
    requireTrust();
    const uri = fileOf(subject);
    const changed = await this.#change(uri, subject, of);
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== changed.before) {
      throw new ProbeError('fix.changed', vscode.l10n.t('The profile was changed in this moment: try again.'));
    }
    const saved = !document.isDirty;
    await replaceText(document, changed.after, saved);
    // What saving does to it is part of it.
    const texts = { before: changed.before, after: document.getText() };
    const fix: UsedFix = { ...used, kind: 'applied', difference: changed.difference };
    this.#uses.set(subject, { ...of, fix, texts, saved });
    await this.#parts.run(subject, { kind: 'fixed', fix });
    await setContext('fixUsed', true);
  }

  async #change(uri: vscode.Uri, subject: ProbeTarget, { change, url }: Pick<Use, 'change' | 'url'>) {
    const before = (await vscode.workspace.openTextDocument(uri)).getText();
    const { target, plan } = subject;
    const chosen = target.kind === 'file' ? target.environment : undefined;
    const environment = chosen ?? this.#parts.environments.get(uri);
    const changed = await this.#parts.engine.request('profileChange', {
      text: before,
      change,
      environment,
      place: placeOf(uri),
      url,
      plan: plan && refOf(plan),
    });
    if ('why' in changed) throw new ProbeError('fix.refused', changed.why);
    return { before, after: changed.text, difference: changed.difference };
  }

  #choose(subject: ProbeTarget, choice: FixChoice): Pick<Use, 'fix' | 'change' | 'url'> {
    const { report } = subject.run;
    const found = report && fixesOf(report).find((one) => one.finding === choice.finding && one.title === choice.title);
    if (!found) throw new ProbeError('fix.gone', vscode.l10n.t('The report no longer has this fix: run again.'));
    const [headline] = report.findings;
    const before = { verdict: report.verdict, headline: headline?.title ?? report.error?.message ?? null };
    const file = subject.target.kind === 'file' ? posix.basename(subject.target.uri.path) : null;
    return {
      change: found.change,
      url: report.url,
      fix: { title: found.title, kind: 'tried', before, file, difference: null },
    };
  }

  #use(subject: ProbeTarget): Use {
    const use = this.#uses.get(subject);
    if (!use) throw new ProbeError('fix.gone', vscode.l10n.t('The report no longer has this fix: run again.'));
    return use;
  }
}

export type ProfileFix = Fix & FixChoice & { readonly change: readonly ProfileChange[] };

/** The fixes of a report that can be put into a profile, the first finding's first. */
export function fixesOf({ findings }: Pick<Report, 'findings'>): readonly ProfileFix[] {
  return findings.flatMap(({ id, fixes }) =>
    fixes.flatMap((fix) => (fix.change ? [{ ...fix, change: fix.change, finding: id }] : [])),
  );
}

function fileOf({ target }: ProbeTarget): vscode.Uri {
  if (target.kind === 'file') return target.uri;
  const hint = vscode.l10n.t('Try it once, then save it as a profile.');
  throw new ProbeError('fix.no-profile', vscode.l10n.t('There is no profile that the fix could be put into.'), {
    hint,
  });
}
