import type { ProbePlan } from '../../base/plan.js';
import type { RecordedConversation } from '../../record/conversations.js';
import { REDACTED } from '../../redaction/redactor.js';
import { upstreamUrl } from '../upstreamUrl.js';

/** The plan for one of several connections of a recording: target path `/` takes its path and query. Notes tell what of it cannot be asked for. */
export function planForRecorded(
  plan: ProbePlan,
  { connection, facts }: RecordedConversation,
): { readonly plan: ProbePlan; readonly notes: readonly string[] } {
  const target = facts.request?.target ?? targetOf(facts.url);
  if (target === null || !target.startsWith('/')) return { plan, notes: [] };
  const [path = '/'] = target.split('?');
  const isWhole = !isRedacted(target);
  const url = upstreamUrl(plan.url, isWhole ? target : isRedacted(path) ? '/' : path);
  const left = isRedacted(path) ? 'path' : 'query';
  const notes =
    isWhole || url === plan.url
      ? []
      : [`The ${left} of connection ${connection} holds a secret that is not recorded: it is left out.`];
  return { plan: { ...plan, url }, notes };
}

function isRedacted(text: string): boolean {
  return text.includes(REDACTED) || text.includes(encodeURIComponent(REDACTED));
}

function targetOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
