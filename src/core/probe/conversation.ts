import { createClock } from '../base/clock.js';
import type { Failure } from '../base/evidence.js';
import type { ClientReport, Finding, Report } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { type ConversationResult, converse } from '../steps/conversation.js';
import type { Talker } from '../steps/talker.js';
import { type Outcome, success } from '../transport/outcome.js';
import { openParty, type Party, type PartyOptions, schemasOf } from './party.js';
import type { ProbeOptions } from './probeOptions.js';

/** A probe that runs the steps of its plan, each client over a connection of its own. Never rejects for what a peer does. */
export async function probeConversation(
  plan: ProbePlan,
  probe: ProbeOptions,
  vantage: Report['vantage'],
): Promise<Report> {
  const steps = plan.steps ?? [];
  const schemas = await schemasOf(plan, probe.signal);
  const clock = createClock();
  const parties = new Parties(plan, { probe, vantage, clock, schemas });
  const { signal } = probe;
  const { baseDir, variables } = plan;
  const result = await converse(steps, {
    clock,
    signal,
    connect: (client) => parties.connect(client),
    baseDir,
    variables,
    schemas: schemas.ok ? schemas.value : new Map(),
  });
  await parties.finish(result, clock());
  return parties.report(result);
}

/** The connections of a conversation, in the order in which they are asked for. */
class Parties {
  readonly #plan: ProbePlan;
  readonly #options: PartyOptions;
  readonly #parties = new Map<string | null, Party>();

  constructor(plan: ProbePlan, options: PartyOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  async connect(client: string | null): Promise<Outcome<Talker>> {
    const known = this.#parties.get(client);
    if (known?.script.talker) return success(known.script.talker);
    const party = await openParty(this.#planOf(client), this.#options);
    this.#parties.set(client, party);
    const { talker } = party.script;
    if (party.failure || !talker) return { ok: false, failure: party.failure ?? NOT_OPEN };
    return success(talker);
  }

  /** Ends every connection: each holds as long as its plan says, and closes. */
  async finish({ rows, failed: end }: ConversationResult, endedMs: number): Promise<void> {
    const finishing = [...this.#parties].map(async ([client, { failure, script }]) => {
      const own = rows.filter((row) => row.client === client && row.status !== 'skipped');
      const isBlamed = end !== null && end.row.client === client;
      await script.finish({ failure: failure ?? (isBlamed ? failureOf(end, rows) : null), count: own.length, endedMs });
    });
    await Promise.all(finishing);
  }

  /** The first to connect is the report's own; of several each stands in `clients` too. */
  report({ rows }: ConversationResult): Report {
    const [[, first] = [], ...others] = this.#parties;
    if (!first) throw new Error('A conversation without a connection.');
    first.script.tell(rows);
    // What one talks about may come from another's answer.
    const secrets = [first, ...others.map(([, party]) => party)].flatMap(({ run }) => run.secrets);
    const own = first.run.report(first.script.told, undefined, secrets);
    if (!this.#plan.clients) return own;
    const reports = others.map(([client, { run, script }]) => {
      script.tell(rows.filter((row) => row.client === client));
      return run.report(script.told, undefined, secrets);
    });
    const names = [...this.#parties.keys()];
    return together(
      [own, ...reports].map((report, index) => clientReport(names[index] ?? '', report)),
      own,
    );
  }

  #planOf(client: string | null): ProbePlan {
    const { clients = [], steps = [] } = this.#plan;
    const named = clients.find(({ name }) => name === client);
    return named ? { ...named.plan, name: this.#plan.name, steps } : this.#plan;
  }
}

const NOT_OPEN: Failure = { phase: 'message', kind: 'error', code: null, message: 'The connection did not open.' };

/** What ended the connection says more than the step that found it ended. */
const TELLING = new Set<Failure['kind']>(['cancelled', 'closed', 'end', 'reset', 'protocol', 'input']);

function failureOf(
  { row, cause }: NonNullable<ConversationResult['failed']>,
  rows: ConversationResult['rows'],
): Failure {
  if (cause && (TELLING.has(cause.kind) || cause.code === 'heartbeat.missed')) return cause;
  const number = rows.indexOf(row) + 1;
  const where = row.line === undefined ? '' : `, line ${row.line}`;
  const message = `Step ${number}${where}: ${row.name}: ${row.error ?? ''}`;
  return { phase: 'message', kind: 'expectation', code: 'step.failed', message };
}

/** What is wrong with anybody is wrong with the whole; whose connection failed is told first. */
function together(clients: readonly ClientReport[], own: Report): Report {
  const worst = clients.find(({ error }) => error !== null) ?? clients.find(({ verdict }) => verdict === 'degraded');
  const [first, ...others] = clients;
  const told = [worst, first, ...others].filter((client) => client !== undefined);
  const findings = [...new Set(told)].flatMap((client) =>
    client === first ? own.findings : client.findings.map((finding) => findingOf(client.name, finding)),
  );
  return {
    ...own,
    verdict: worst?.verdict ?? own.verdict,
    clients,
    findings: findings.filter((finding, index) => findings.findIndex((each) => isSame(each, finding)) === index),
    error: worst?.error ?? null,
  };
}

function findingOf(client: string, finding: Finding): Finding {
  return { ...finding, title: `${client}: ${finding.title}`, client };
}

/** What several clients have in common is said once. */
function isSame(one: Finding, other: Finding): boolean {
  return one.id === other.id && one.explanation === other.explanation;
}

function clientReport(client: string, report: Report): ClientReport {
  const { schema: _schema, name: _name, vantage: _vantage, steps: _steps, clients: _clients, ...own } = report;
  return { name: client, ...own };
}
