import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { Redirect, Report } from '../core/base/model.js';
import type { EngineClient } from '../engine/client.js';
import { type PreparedPlan, refOf } from '../protocol/prepared.js';
import type { ProbeTarget } from './target/probeTarget.js';
import type { TargetRun } from './target/targetRun.js';

type Redirects = Pick<EngineClient, 'request'>;

/** What a target's last run left. */
export interface Asked {
  readonly report: Report | null;
  readonly plan: PreparedPlan | null;
  readonly status: TargetRun['status'];
}

/** Asks whether the redirect that a report shows is to be followed. */
export async function mayFollow(engine: Redirects, { run: { report, status }, plan }: ProbeTarget): Promise<boolean> {
  const follow = vscode.l10n.t('Follow Once');
  const { message, detail } = await followQuestion(engine, { report, status, plan });
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, follow)) === follow;
}

/** Where the redirect leads and what is not sent along; rejects where nobody may follow it. */
export async function followQuestion(
  engine: Redirects,
  { report, plan, status }: Asked,
): Promise<{ message: string; detail: string }> {
  const redirect = openRedirect(report);
  if (!redirect) throw new ProbeError('redirect.none', vscode.l10n.t('The report shows no redirect to follow.'));
  // A run without a report of its own, cancelled or failed, has left that of another plan.
  if (status === 'done' && plan?.followRedirects) {
    const why = vscode.l10n.t('Redirects were followed already: the report says why this one was not.');
    throw new ProbeError('redirect.refused', why);
  }
  // No text of a server may become a link.
  const message = vscode.l10n.t('Follow the redirect to {0}?', redirect.target.replaceAll('](', '] ('));
  const detail = `${await sentText(engine, redirect, plan)} ${vscode.l10n.t('Redirects after it are followed as well.')}`;
  return { message, detail };
}

type OpenRedirect = Redirect & { readonly target: string };

/** The redirect that ended a handshake and leads to a WebSocket; null when there is none. */
function openRedirect(report: Report | null): OpenRedirect | null {
  const last = report?.redirects?.at(-1);
  return last && !last.followed && last.target !== null ? { ...last, target: last.target } : null;
}

async function sentText(engine: Redirects, { target }: OpenRedirect, plan: PreparedPlan | null): Promise<string> {
  // Of a report from an earlier window only the rule is known.
  if (!plan) return vscode.l10n.t('To another origin no credential, cookie or header of yours is sent along.');
  const next = await engine.request('planRedirect', { ...refOf(plan), target });
  if ('refused' in next) throw new ProbeError('redirect.refused', `${next.refused}.`);
  const { dropped } = next;
  return dropped.length === 0
    ? vscode.l10n.t('The request goes there as it is.')
    : vscode.l10n.t('It is another origin. Not sent along: {0}.', dropped.join(', '));
}
