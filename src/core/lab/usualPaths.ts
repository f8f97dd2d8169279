import type { Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';

/** What an answer shows of who gave it, and where such a server has its WebSocket; `path` is that of the plan without a slash at its end. */
const KNOWN: readonly (readonly [sign: RegExp, targets: (path: string) => readonly string[]])[] = [
  [/socket\.io|engine\.io|"code":[0-5],"message"|transport unknown/i, (path) => engineIo(path)],
  [/welcome to sockjs|sockjs/i, (path) => [`${path}/websocket`]],
  [/actioncable|action cable|x-runtime|phusion|\bpuma\b|ruby on rails/i, () => ['/cable']],
  [/signalr|kestrel|asp\.?net/i, (path) => [`/hubs${path}`, '/hub', '/chathub']],
  [/phoenix|cowboy|bandit/i, (path) => [`${path}/websocket`, '/socket/websocket', '/live/websocket']],
  [/graphql|apollo|hasura/i, () => ['/graphql', '/v1/graphql', '/subscriptions']],
  [/mqtt|emqx|mosquitto|hivemq/i, () => ['/mqtt', '/ws']],
  [/stomp|rabbitmq|activemq|whitelabel error page|spring/i, (path) => ['/ws', `${path}/websocket`, '/ws/websocket']],
  [/centrifug/i, () => ['/connection/websocket']],
  [/uvicorn|daphne|hypercorn|fastapi|starlette|django/i, () => ['/ws', '/ws/']],
];

const GENERIC: readonly string[] = [
  '/ws',
  '/websocket',
  '/socket.io/?EIO=4&transport=websocket',
  '/',
  '/graphql',
  '/cable',
  '/socket',
];
const MAX_PATHS = 8;

function engineIo(path: string): readonly string[] {
  const own = /\/(socket|engine)\.io$/.test(path) ? path : '/socket.io';
  return [`${own}/?EIO=4&transport=websocket`, `${own}/?EIO=3&transport=websocket`];
}

/** Paths, with their query, at which the server may have its WebSocket: those of who answered, then those that servers use. */
export interface UsualPaths {
  readonly known: readonly string[];
  readonly generic: readonly string[];
}

export function usualPaths(plan: ProbePlan, report: Report): UsualPaths {
  const { pathname } = new URL(plan.url);
  const path = pathname.replace(/\/+$/, '');
  const said = wordsOf(report);
  const known = KNOWN.flatMap(([sign, targets]) => (sign.test(said) || sign.test(path) ? targets(path) : []));
  if (hangsUpAsEngineIo(report)) known.push(...engineIo(path));
  // The slash at the end is a change of its own.
  const isOther = (target: string) => target.replace(/\/+$/, '') !== path || target.includes('?');
  const first = [...new Set(known)].filter(isOther).slice(0, MAX_PATHS);
  return { known: first, generic: GENERIC.filter((target) => isOther(target) && !first.includes(target)) };
}

/** The answer as text: who says what. */
export function wordsOf({ response, dialect, subprotocol }: Report): string {
  const headers = response?.headers.map(([name, value]) => `${name}: ${value}`) ?? [];
  return [...headers, response?.body.text.slice(0, 4_096) ?? '', dialect ?? '', ...subprotocol.offered].join('\n');
}

/** Engine.IO ends an upgrade that it does not know after exactly a second, without a byte (destroyUpgradeTimeout). */
export function hangsUpAsEngineIo({ phases, error, response }: Report): boolean {
  const upgrade = phases.find(({ name }) => name === 'upgrade');
  const ms = upgrade?.durationMs ?? 0;
  return response === null && error?.code.endsWith('.end') === true && ms >= 950 && ms <= 1_400;
}
