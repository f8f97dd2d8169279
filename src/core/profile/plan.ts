import type { Budget } from '../base/model.js';
import { planSecrets } from './planSecrets.js';
import type { ProxyChoice } from './proxyChoice.js';
import type { Auth, Expectations, MessageBudget, ProbePlan, SessionOptions, Timeouts } from '../base/plan.js';
import type { BudgetFile, ExpectFile, ProfileFile, ResolveContext, SessionFile } from './profile.js';
import { decodeUserInfo, splitZone } from '../base/url.js';

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, upgradeMs: 10_000, messageMs: 5_000, closeMs: 3_000 };
export const DEFAULT_HEARTBEAT = { everyMs: 30_000, timeoutMs: 10_000, send: 'ping' } as const;
export const DEFAULT_RECONNECT = { initialMs: 1_000, maxMs: 30_000, jitter: 0.5, maxAttempts: 10 } as const;
export const DEFAULT_WATCH = { everyMs: 30_000, alertAfter: 2, hold: false, sequence: null } as const;
export const DEFAULT_HOLD_MS = 250;
/** How long `expectNone` watches. */
export const DEFAULT_NONE_MS = 500;
export const DEFAULT_MAX_MESSAGE_BYTES = 104_857_600;
export const DEFAULT_BUDGETS: { readonly upgrade: Budget; readonly message: MessageBudget } = {
  upgrade: { degradedMs: 1000, downMs: null },
  message: { degradedMs: 200, downMs: 5000, percentile: 50 },
};
const NO_BUDGET: Budget = { degradedMs: null, downMs: null };

/** A checked file, all values in place, to a plan: defaults filled in, user info moved to `auth`. */
export function buildPlan(
  file: ProfileFile,
  context: ResolveContext,
  route: ProxyChoice,
  usedSecrets: Iterable<string>,
): ProbePlan {
  const { bare, zone } = splitZone(file.url ?? '');
  const url = new URL(bare);
  const info = decodeUserInfo(url);
  const userInfo = info && (info.username !== '' || info.password !== '') ? info : null;
  url.username = '';
  url.password = '';
  const auth = userInfo ? ({ type: 'basic', ...userInfo } as const) : withDefaults(file.auth ?? null);
  const plan: ProbePlan = {
    name: file.name ?? context.name ?? `${url.host}${url.pathname}`,
    url: url.href,
    ...(zone === null ? {} : { zone }),
    headers: Object.entries(file.headers ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : value.map((item) => [name, item] as const),
    ),
    origin: file.origin ?? null,
    subprotocols: file.subprotocols ?? [],
    auth,
    cookies: file.cookies ?? {},
    tls: file.tls ?? {},
    ...route,
    http: file.http ?? '1.1',
    compression: file.compression ?? true,
    followRedirects: file.followRedirects ?? false,
    timeouts: { ...DEFAULT_TIMEOUTS, ...file.timeouts },
    limits: { maxMessageBytes: file.limits?.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES },
    message: file.message ? { expect: 'any', samples: 1, ...file.message } : null,
    expect: expectations(file.expect ?? {}),
    session: sessionOptions(file.session ?? {}),
    ...(file.decode ? { decode: file.decode } : {}),
    messages: file.messages ?? [],
    watch: { ...DEFAULT_WATCH, ...file.watch },
    variables: {},
    baseDir: context.baseDir,
    secrets: [],
    allowLinkLocal: context.allowLinkLocal ?? false,
    ...(context.systemCertificates === false ? { systemCertificates: false } : {}),
  };
  return { ...plan, secrets: planSecrets(plan, usedSecrets, userInfo !== null) };
}

function sessionOptions({ heartbeat, reconnect, dialect, autoPong, shareConnection }: SessionFile): SessionOptions {
  return {
    heartbeat: heartbeat
      ? {
          everyMs: heartbeat.every ?? DEFAULT_HEARTBEAT.everyMs,
          timeoutMs: heartbeat.timeout ?? DEFAULT_HEARTBEAT.timeoutMs,
          send: heartbeat.send ?? DEFAULT_HEARTBEAT.send,
        }
      : null,
    reconnect: reconnect ? { ...DEFAULT_RECONNECT, ...reconnect } : null,
    dialect: dialect ?? 'auto',
    autoPong: autoPong ?? true,
    shareConnection: shareConnection ?? false,
  };
}

function withDefaults(auth: Auth | null): Auth | null {
  return auth?.type === 'apiKey' ? { ...auth, in: auth.in ?? 'header' } : auth;
}

function expectations(file: ExpectFile): Expectations {
  const { budgets = {}, closeCode, ...rest } = file;
  const { message, ...others } = budgets;
  const entries = Object.entries(others).map(([name, value]) => {
    return [name, budget(value, name === 'upgrade' ? DEFAULT_BUDGETS.upgrade : NO_BUDGET)] as const;
  });
  return {
    ...rest,
    holdMs: file.holdMs ?? DEFAULT_HOLD_MS,
    ...(closeCode === undefined ? {} : { closeCode: typeof closeCode === 'number' ? [closeCode] : closeCode }),
    budgets: { upgrade: DEFAULT_BUDGETS.upgrade, ...Object.fromEntries(entries), message: messageBudget(message) },
  };
}

function messageBudget(file: BudgetFile | undefined): MessageBudget {
  const percentile = typeof file === 'object' ? (file.percentile ?? 50) : 50;
  return { ...budget(file ?? {}, DEFAULT_BUDGETS.message), percentile };
}

/** What is not given keeps its default, but for a default that the given half contradicts. */
function budget(file: BudgetFile, standard: Budget): Budget {
  const given = typeof file === 'number' ? { degradedMs: file } : file;
  const degradedMs = given.degradedMs === undefined ? standard.degradedMs : given.degradedMs;
  const downMs = given.downMs === undefined ? standard.downMs : given.downMs;
  if (degradedMs === null || downMs === null || degradedMs <= downMs) return { degradedMs, downMs };
  return given.downMs === undefined ? { degradedMs, downMs: null } : { degradedMs: null, downMs };
}
