import type { HeaderPair, Finding, SetCookie } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import { finding } from '../../diagnosis/finding.js';
import { stickyFixes } from '../../diagnosis/snippets/proxy.js';
import { headerValue, headerValues } from '../../handshake/headers.js';
import { plainText } from '../../base/plainText.js';
import { isSecretHeader } from '../../redaction/redactor.js';
import { RunCookies } from '../../run/runCookies.js';
import { type Bench, inParallel } from '../bench.js';
import type { Held, HeldMessage } from '../held.js';
import { distribution } from '../measure/shares.js';
import { valueAt } from '../messageNumbers.js';
import type { ExperimentSettings } from '../../base/experimentFacts.js';
import type { ExperimentResult } from '../result.js';

const AT_A_TIME = 4;
/** By which backends tell who they are where nobody said how. */
const TELLING_HEADERS = [
  'x-served-by',
  'x-backend',
  'x-backend-server',
  'x-server-id',
  'x-instance-id',
  'x-pod',
  'x-upstream',
];
const TELLING_FIELDS = ['server_id', 'serverId', 'server', 'backend', 'hostname', 'pod', 'instance', 'node'];
const AFFINITY_COOKIE =
  /^(AWSALB|AWSALBTG|AWSALBCORS|AWSALBAPP-.*|route|INGRESSCOOKIE|SERVERID|SRV|ARRAffinity|ARRAffinitySameSite|BACKEND|GCLB|GCILB)$/i;

/** Which backend a connection reached. */
interface Reached {
  readonly backend: string;
  readonly by: string;
  /** The value must not be told: it is that of a cookie, or of a header that holds a secret by its name. */
  readonly isSecret: boolean;
}

/** Connections one after the other, without a cookie and then with those that the first was given: how many backends they reach. */
export async function sticky(bench: Bench): Promise<ExperimentResult> {
  const cookies = new RunCookies();
  let set: readonly SetCookie[] = [];
  const names = new BackendNames();
  bench.note('without a cookie');
  const without = await visits(bench, bench.plan, names, async (held) => {
    if (set.length > 0) return;
    set = await cookies.take(bench.plan.url, held.response?.headers ?? []);
    bench.secrets.push(...cookies.secrets);
  });
  const dressed = set.length === 0 ? null : cookies.dress(bench.plan);
  if (dressed) bench.note('with the cookies of the first');
  const withCookie = dressed ? await visits(bench, dressed, names) : [];
  return judge(bench, { without, withCookie, names: set.map(({ name }) => name) });
}

async function visits(
  bench: Bench,
  plan: ProbePlan,
  names: BackendNames,
  onOpen: (held: Held) => Promise<void> = async () => {},
): Promise<readonly Reached[]> {
  const reached: Reached[] = [];
  const numbered = Array.from({ length: bench.settings.connections }, (_, index) => index);
  const visit = async () => {
    const first = new FirstMessage();
    const held = await bench.open({ onMessage: first.onMessage }, plan);
    if (held.failure) return;
    await onOpen(held);
    const backend = await backendOf(bench, held, { first, names });
    if (backend) reached.push(backend);
    await bench.finish(held, backend ? `reached ${names.of(backend)}` : 'told no backend');
  };
  // The first alone: its cookies are those that the others come with.
  await visit();
  await inParallel(numbered.slice(1), AT_A_TIME, () => !bench.signal.aborted, visit);
  return reached;
}

/** The first message of a connection, once it came. */
class FirstMessage {
  message: HeldMessage | null = null;
  #settle: () => void = () => {};
  readonly came = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });

  readonly onMessage = (message: HeldMessage): void => {
    this.message ??= { ...message, bytes: Buffer.from(message.bytes) };
    this.#settle();
  };
}

interface Telling {
  readonly first: FirstMessage;
  readonly names: BackendNames;
}

async function backendOf(bench: Bench, held: Held, { first, names }: Telling): Promise<Reached | null> {
  const { jsonPath, responseHeader } = bench.settings;
  const headers = held.response?.headers ?? [];
  if (responseHeader !== undefined)
    return told(headerValue(headers, responseHeader), responseHeader, isSecretHeader(responseHeader));
  if (jsonPath === undefined) {
    const known = byHeader(headers);
    if (known) return known;
  }
  const { messageMs } = bench.plan.timeouts;
  await bench.sleepWith(held, jsonPath === undefined && names.isSilent ? 0 : messageMs, first.came);
  const { message } = first;
  names.isSilent = message === null;
  if (message && jsonPath !== undefined) return told(valueAt(jsonPath, message), jsonPath);
  const named = message && byField(message);
  return named ?? (jsonPath === undefined ? byCookie(headers) : null);
}

function told(value: unknown, by: string, isSecret = false): Reached | null {
  if (value === undefined || value === null || value === '') return null;
  const backend = plainText(typeof value === 'string' ? value : JSON.stringify(value), 100);
  return { backend, by, isSecret };
}

function byHeader(headers: readonly HeaderPair[]): Reached | null {
  const name = TELLING_HEADERS.find((one) => headerValue(headers, one) !== null);
  return name === undefined ? null : told(headerValue(headers, name), name);
}

function byField(message: HeldMessage): Reached | null {
  for (const field of TELLING_FIELDS) {
    const value = valueAt(`$.${field}`, message);
    if (typeof value === 'string' || typeof value === 'number') return told(value, `$.${field}`);
  }
  return null;
}

/** A cookie of a load balancer names the backend that it keeps to. */
function byCookie(headers: readonly HeaderPair[]): Reached | null {
  for (const line of headerValues(headers, 'set-cookie')) {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (AFFINITY_COOKIE.test(name.trim())) return { backend: value, by: `the cookie ${name.trim()}`, isSecret: true };
  }
  return null;
}

/** What backends are called: by their own names, or by letters where these must not be told. */
class BackendNames {
  /** The connection before sent no message: nobody need wait for one that nobody asked for. */
  isSilent = false;
  readonly #secret: string[] = [];

  of({ backend, by, isSecret }: Reached): string {
    if (!isSecret) return `${backend} (${by})`;
    if (!this.#secret.includes(backend)) this.#secret.push(backend);
    return `backend ${this.#secret.indexOf(backend) + 1} (${by})`;
  }
}

interface Visits {
  readonly without: readonly Reached[];
  readonly withCookie: readonly Reached[];
  /** Of the cookies that the first connection was given. */
  readonly names: readonly string[];
}

function judge({ settings }: Bench, visited: Visits): ExperimentResult {
  const { names, withCookie, without } = visited;
  const plain = distribution(without.map(({ backend }) => backend));
  const kept = distribution(withCookie.map(({ backend }) => backend));
  const largest = plain[0]?.[1] ?? 0;
  const numbers = {
    told: without.length,
    backends: plain.length,
    largestSharePercent: without.length === 0 ? null : (largest / without.length) * 100,
    backendsWithCookie: names.length === 0 ? null : kept.length,
    // Of two backends without any affinity: how often all would reach one by chance.
    chancePercent: without.length === 0 ? null : 100 * 2 ** (1 - without.length),
  };
  const shares = sharesOf(visited);
  const result = (verdict: ExperimentResult['verdict'], conclusion: string, findings: readonly Finding[] = []) => ({
    verdict,
    conclusion,
    numbers,
    findings,
  });
  if (without.length === 0)
    return result('warn', `No connection told which backend it reached: ${howToTell(settings)}.`);
  if (plain.length === 1 && kept.length <= 1) {
    const chance = numbers.chancePercent ?? 100;
    const luck = chance < 1 ? '' : ` (by chance in ${chance.toFixed(0)} % of the cases)`;
    return result(
      'pass',
      `All ${without.length} connections reached one backend${luck}: there is one, or the address decides.`,
    );
  }
  if (names.length === 0) {
    const conclusion = `${without.length} connections from one address reached ${plain.length} backends, and no cookie was set to keep a client at its own.`;
    return result('fail', conclusion, [notSticky(names.length > 0, shares)]);
  }
  if (kept.length === 1) {
    const back = `all ${withCookie.length} with the cookies of the first reached its own`;
    return result(
      'pass',
      `Without a cookie ${plain.length} backends were reached, and ${back}: the cookie keeps a client there.`,
    );
  }
  const conclusion =
    kept.length === 0
      ? `Without a cookie ${plain.length} backends were reached; with the cookies of the first no connection told its backend.`
      : `Even with the cookies of the first (${names.join(', ')}) ${kept.length} backends were reached: nothing keeps a client at its own.`;
  return result(
    kept.length === 0 ? 'warn' : 'fail',
    conclusion,
    kept.length === 0 ? [] : [notSticky(names.length > 0, shares)],
  );
}

function howToTell({ jsonPath, responseHeader }: ExperimentSettings): string {
  if (jsonPath !== undefined) return `${jsonPath} selects nothing in the first message`;
  if (responseHeader !== undefined) return `the answer has no header ${responseHeader}`;
  return 'name a header of the answer (--response-header) or a value of the first message (--json-path)';
}

function sharesOf({ withCookie, without }: Visits): readonly string[] {
  const names = new BackendNames();
  const lines = (reached: readonly Reached[], how: string) =>
    distribution(reached.map((one) => names.of(one)))
      .slice(0, 8)
      .map(([name, count]) => `${how}: ${count} of ${reached.length} reached ${name}`);
  return [...lines(without, 'Without a cookie'), ...lines(withCookie, 'With the cookies of the first')];
}

function notSticky(hasCookie: boolean, evidence: readonly string[]): Finding {
  return finding('lab.not-sticky', {
    title: `Clients are not kept at their backend${hasCookie ? ', though a cookie is set' : ''}`,
    explanation:
      'A client that comes back lands elsewhere, where its session is not: what it subscribed to and what was not yet delivered to it is lost, and polling transports (Socket.IO, SockJS) fail outright. Either clients are kept at their backend, or the backends share what they know.',
    evidence,
    fixes: stickyFixes([]),
  });
}
