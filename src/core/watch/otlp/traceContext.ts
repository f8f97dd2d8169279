import { randomBytes } from 'node:crypto';
import type { ProbePlan } from '../../base/plan.js';

/** The ids of a probe's trace that are known before it: they travel in `traceparent` (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** Span of the whole probe; 16 hex digits, as all of spans. */
  readonly rootId: string;
  /** Whoever the profile's own `traceparent` names; null where it has none. */
  readonly parentId: string | null;
  /** Spans of the upgrade requests, by client; `null` is the connection of a probe without clients. */
  readonly upgradeIds: ReadonlyMap<string | null, string>;
}

export type RandomId = (bytes: number) => string;

const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:-.*)?$/;

/** Hex digits that are not all zero: those would be no id. */
export const randomId: RandomId = (bytes) => {
  for (;;) {
    const id = randomBytes(bytes).toString('hex');
    if (/[^0]/.test(id)) return id;
  }
};

/** What a `traceparent` names, where it names something. */
export function parseTraceparent(text: string): { readonly traceId: string; readonly parentId: string } | null {
  const [, traceId = '', parentId = ''] = TRACEPARENT.exec(text.trim().toLowerCase()) ?? [];
  return /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(parentId) ? { traceId, parentId } : null;
}

/**
 * The plan whose upgrade requests name the spans that a server's own are to join, and the ids of the trace. A `traceparent` that
 * the profile has stays as it is, and its trace is joined.
 */
export function traced(
  plan: ProbePlan,
  id: RandomId = randomId,
): { readonly plan: ProbePlan; readonly context: TraceContext } {
  const clients = plan.clients ?? [];
  const own = [plan, ...clients.map((client) => client.plan)]
    .map((each) => headerOf(each))
    .map((header) => (header === undefined ? null : parseTraceparent(header)))
    .find((parent) => parent !== null);
  const traceId = own?.traceId ?? id(16);
  const upgradeIds = new Map<string | null, string>();
  const dress = (each: ProbePlan, client: string | null): ProbePlan => {
    const spanId = id(8);
    upgradeIds.set(client, spanId);
    if (headerOf(each) !== undefined) return each;
    return { ...each, headers: [...each.headers, ['traceparent', `00-${traceId}-${spanId}-01`]] };
  };
  const context = { traceId, rootId: id(8), parentId: own?.parentId ?? null, upgradeIds };
  if (clients.length === 0) return { plan: dress(plan, null), context };
  const dressed = clients.map((client) => ({ ...client, plan: dress(client.plan, client.name) }));
  return { plan: { ...plan, clients: dressed }, context };
}

function headerOf({ headers }: ProbePlan): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'traceparent')?.[1];
}
