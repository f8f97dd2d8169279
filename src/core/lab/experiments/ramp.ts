import { ProbeError } from '../../base/errors.js';
import type { Failure } from '../../base/evidence.js';
import type { Finding } from '../../base/model.js';
import { percentile } from '../../base/percentiles.js';
import { isProcessAlive } from '../../base/processes.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import { textFix } from '../../diagnosis/snippets/shell.js';
import { type Bench, inParallel } from '../bench.js';
import type { Held } from '../held.js';
import { distribution } from '../measure/shares.js';
import { type ProcessFacts, processFacts } from '../processFacts.js';
import type { ExperimentResult } from '../result.js';

const AT_A_TIME = 10;
/** So many in a row that do not open, or do not stay, are the limit and no accident. */
const STOP_AFTER = 3;
const MARKS = [0.8, 0.95] as const;
const OWN_LIMITS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

interface Sample {
  readonly open: number;
  readonly server: ProcessFacts | null;
  readonly own: ProcessFacts;
}

class Climb {
  readonly open: Held[] = [];
  /** From the beginning of each to its opening, in their order. */
  readonly openingsMs: number[] = [];
  readonly refusals: string[] = [];
  readonly samples: Sample[] = [];
  peak = 0;
  inRow = 0;

  get isOver(): boolean {
    return this.inRow >= STOP_AFTER;
  }

  refused(why: string): void {
    this.inRow += 1;
    this.refusals.push(why);
  }
}

/** More and more connections, all of them held, up to a number or to whatever refuses the next ones. */
export async function ramp(bench: Bench): Promise<ExperimentResult> {
  const { connections, forMs, pid } = bench.settings;
  if (pid !== undefined && !isProcessAlive(pid)) throw new ProbeError('usage', `no process has the id ${pid} (--pid)`);
  const climb = new Climb();
  await sample(climb, pid);
  const numbered = Array.from({ length: connections }, (_, index) => index);
  const goesOn = () => !bench.signal.aborted && !climb.isOver;
  await inParallel(numbered, AT_A_TIME, goesOn, async (index) => {
    await openOne(bench, climb);
    if (index % AT_A_TIME === 0) await sample(climb, pid);
    bench.note(`${standing(climb)} of ${connections} stand`);
  });
  const topMs = bench.clock();
  if (!climb.isOver) await bench.sleep(forMs);
  const heldMs = bench.clock() - topMs;
  await sample(climb, pid);
  return judge(bench, climb, heldMs);
}

function standing({ open }: Climb): number {
  return open.filter(({ isOpen }) => isOpen).length;
}

async function openOne(bench: Bench, climb: Climb): Promise<void> {
  const held = await bench.open();
  const { failure } = held;
  if (failure) {
    if (failure.kind !== 'cancelled') climb.refused(refusalOf(failure, held));
    return;
  }
  climb.open.push(held);
  climb.inRow = 0;
  climb.openingsMs.push(held.openingMs ?? 0);
  climb.peak = Math.max(climb.peak, standing(climb));
  void held.over.then(() => {
    const { close } = held;
    if (close && held.ended)
      climb.refused(
        close.code === 1006 ? close.evidence : `Close ${close.code}${close.reason === '' ? '' : ` "${close.reason}"`}`,
      );
  });
}

async function sample(climb: Climb, pid: number | undefined): Promise<void> {
  const [own, server] = await Promise.all([processFacts('self'), pid === undefined ? null : processFacts(pid)]);
  climb.samples.push({ open: standing(climb), own, server });
}

function refusalOf({ code, kind, message, phase }: Failure, { response }: Held): string {
  if (code !== null && OWN_LIMITS.has(code)) return `${code}: this machine has no more files or ports for us`;
  if (response && response.status !== 101) return `status ${response.status} ${response.reason}`.trim();
  if (code === 'ECONNREFUSED') return 'refused: nothing listens any more (ECONNREFUSED)';
  if (kind === 'reset' || code === 'ECONNRESET') return 'reset before it opened (ECONNRESET)';
  if (kind === 'timeout' && phase === 'tcp') return 'no answer to TCP: the accept queue is full, or a firewall drops';
  if (kind === 'timeout')
    return `no answer within the limit of the phase ${phase}: the server accepts no more, or is busy`;
  return message;
}

interface Use {
  /** What one connection takes; null: not known. */
  readonly perConnection: number | null;
  /** At how many connections 80 % and 95 % of the limit are used, as seen or as it would go on. */
  readonly marks: readonly (number | null)[];
  readonly percent: number | null;
}

/** Open files against their limit, by the first and the last sample. */
export function useOfFiles(samples: readonly { readonly open: number; readonly facts: ProcessFacts | null }[]): Use {
  const [first] = samples;
  const last = samples.reduce((most, one) => (one.open > (most?.open ?? -1) ? one : most), first);
  const before = first?.facts?.files ?? null;
  const after = last?.facts?.files ?? null;
  const limit = last?.facts?.fileLimit ?? null;
  const open = (last?.open ?? 0) - (first?.open ?? 0);
  if (before === null || after === null || limit === null)
    return { perConnection: null, marks: [null, null], percent: null };
  const perConnection = open > 0 ? (after - before) / open : null;
  const marks = MARKS.map((mark) =>
    perConnection === null || perConnection <= 0 ? null : Math.floor((limit * mark - before) / perConnection),
  );
  return { perConnection, marks, percent: (after / limit) * 100 };
}

function memoryOf(samples: readonly Sample[]): number | null {
  const [first] = samples;
  const last = samples.reduce((most, one) => (one.open > (most?.open ?? -1) ? one : most), first);
  const before = first?.server?.memoryBytes ?? null;
  const after = last?.server?.memoryBytes ?? null;
  return before === null || after === null || !last || last.open === 0
    ? null
    : Math.max(0, (after - before) / last.open);
}

function judge({ settings }: Bench, climb: Climb, heldMs: number): ExperimentResult {
  const { openingsMs, peak, refusals, samples } = climb;
  const quarter = Math.max(1, Math.floor(openingsMs.length / 4));
  const own = useOfFiles(samples.map(({ open, own: facts }) => ({ open, facts })));
  const server = useOfFiles(samples.map(({ open, server: facts }) => ({ open, facts })));
  const atLimit = climb.isOver || refusals.length > 0;
  const numbers = {
    asked: settings.connections,
    peak,
    limit: climb.isOver ? peak : null,
    openingFirstP50Ms: p50(openingsMs.slice(0, quarter)),
    openingLastP50Ms: p50(openingsMs.slice(-quarter)),
    ownFilesPercent: own.percent,
    ...(settings.pid === undefined
      ? {}
      : {
          serverMemoryPerConnectionBytes: memoryOf(samples),
          serverFilesPerConnection: server.perConnection,
          serverFilesPercent: server.percent,
          serverFiles80AtConnections: server.marks[0] ?? null,
          serverFiles95AtConnections: server.marks[1] ?? null,
        }),
  };
  const why = distribution(refusals);
  const files =
    fullness(own.percent, 'this process', settings.pid) ?? fullness(server.percent, 'the server', settings.pid);
  const findings = [...(atLimit ? [limitFinding(climb, why)] : []), ...(files ? [files.finding] : [])];
  const stood = `${peak} connections stood at a time`;
  const conclusion = climb.isOver
    ? `${stood}, and the next were turned away: ${why[0]?.[0] ?? ''}.`
    : `All ${peak === settings.connections ? `${peak} connections stood at a time for ${formatMs(heldMs)}` : `that were opened, ${stood}`}${refusals.length > 0 ? `, but ${refusals.length} of ${settings.connections} were turned away: ${why[0]?.[0] ?? ''}` : ', and no limit was met'}.`;
  return { verdict: files?.isFull ? 'fail' : findings.length > 0 ? 'warn' : 'pass', conclusion, numbers, findings };
}

function p50(times: readonly number[]): number | null {
  return times.length === 0
    ? null
    : percentile(
        [...times].sort((a, b) => a - b),
        50,
      );
}

function limitFinding({ isOver, peak }: Climb, why: readonly (readonly [string, number])[]): Finding {
  const text = why.map(([words]) => words).join(' ');
  return finding('lab.connection-limit', {
    title: isOver
      ? `The limit is ${peak} connections from here`
      : `Some connections were turned away, the most that stood were ${peak}`,
    explanation: explain(text),
    evidence: why.slice(0, 8).map(([words, count]) => `${count} times: ${words}`),
    fixes: [
      textFix(
        'Where limits are set',
        'Files a process may open: ulimit -n, LimitNOFILE of systemd; of nginx worker_rlimit_nofile and worker_connections.',
        'Connections that wait to be accepted: net.core.somaxconn, and the backlog that the server listens with.',
        'Connections of one address: limit_conn of nginx, stick tables of HAProxy, rules of a web application firewall.',
      ),
    ],
  });
}

function explain(text: string): string {
  if (/E[MN]FILE|EADDRNOTAVAIL/.test(text))
    return 'The limit is our own: this process or machine ran out of files or ports before the server refused anything.';
  if (/429|Close 1008|Close 4/.test(text))
    return 'The server counts the connections of a client, and refuses more than it grants: a limit by address, user or token.';
  if (/503|Close 1013/.test(text)) return 'The server, or a proxy before it, says that it has no room for more.';
  if (/502|504/.test(text))
    return 'A proxy got no further connection to the server behind it: that one is at its limit.';
  if (/no answer|refused|reset/.test(text))
    return 'Nothing accepts connections any more: the queue of those that wait to be accepted is full, or the process is out of files or busy.';
  return 'What refuses more connections is told by how it does so.';
}

function fullness(
  percent: number | null,
  who: string,
  pid: number | undefined,
): { readonly isFull: boolean; readonly finding: Finding } | null {
  if (percent === null || percent < MARKS[0] * 100) return null;
  const isFull = percent >= MARKS[1] * 100;
  const title = `${percent.toFixed(0)} % of the files that ${who} may open are open`;
  return {
    isFull,
    finding: finding('lab.descriptors', {
      title,
      severity: isFull ? 'error' : 'warning',
      explanation:
        'Each connection takes a file descriptor. At the limit none is accepted any more, and log files and sockets to databases fail alike. Monitors warn at 80 % and alert at 95 %.',
      evidence: [pid !== undefined && who === 'the server' && `Process ${pid}`],
      fixes: [
        textFix(
          'Raise the limit',
          'ulimit -n 65536 before the process starts, or LimitNOFILE=65536 in its systemd unit.',
        ),
      ],
    }),
  };
}
