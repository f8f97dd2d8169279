import type { Failure } from '../base/evidence.js';
import type { CredentialsInfo, Look, Report } from '../base/model.js';
import type { OAuth2, ProbePlan } from '../base/plan.js';
import { type Clock, createClock } from '../base/clock.js';
import { judgeFor } from '../dialects/dialectJudge.js';
import { type HandshakeRequest, handshakeRequestOf } from '../transport/handshakeRequest.js';
import { otherLoopback } from '../transport/otherLoopback.js';
import { type Outcome, success } from '../transport/outcome.js';
import { loadTlsContexts } from '../transport/tlsMaterial.js';
import {
  assembleReport,
  type Diagnosis,
  gather,
  type Gathered,
  loadDiagnosis,
  type RunRecord,
} from './assembleReport.js';
import { type ConnectionListener, ConnectionRun, type ConnectionRunOptions } from './connectionRun.js';
import { Redactor } from '../redaction/redactor.js';
import { lookAtOther } from './lookAtOther.js';
import type { DigestLogin } from './digestLogin.js';
import { placeOf, statusLine } from './looks.js';
import { pinnedTo } from './pinnedTo.js';
import type { PreparedUpgrade } from './preparedUpgrade.js';
import { saidIn } from '../redaction/loginWatch.js';
import { StallFollower } from './stalls.js';
import { RedirectTrail } from './redirectTrail.js';

/** Why a run has the connection: the first one asks what the plan says, a second look does without our ping, or with a new token. */
export type ConnectionReason = 'asked' | 'redirect' | 'no-ping' | 'credentials';

/** One connection of a run, and who talks through it. */
export interface RunConnection<Talker> {
  readonly reason: ConnectionReason;
  readonly connection: ConnectionRun;
  readonly talker: Talker;
}

/** Asked before each connection, outside its time; a failure refuses the connection, and is the report's. */
export type PrepareUpgrade = (
  request: HandshakeRequest,
  reason: ConnectionReason,
  signal: AbortSignal | undefined,
) => Promise<Outcome<PreparedUpgrade>>;

export interface RunOptions<Talker extends ConnectionListener>
  extends Pick<
    ConnectionRunOptions,
    | 'network'
    | 'pool'
    | 'signal'
    | 'keepPayloadBytes'
    | 'openInlet'
    | 'checksMessages'
    | 'dialectJudge'
    | 'onProgress'
    | 'takesOver'
  > {
  /** TLS material of the first connection, loaded before the run's clock starts. */
  readonly contexts: ConnectionRunOptions['contexts'];
  readonly vantage: Report['vantage'];
  /** The clock of what the run is a part of; by default its own, which begins with the first connection. */
  readonly clock?: Clock;
  readonly prepare?: PrepareUpgrade;
  /** A connection is about to begin: gives who talks through it. */
  readonly listen: (connection: ConnectionRun) => Talker;
  /** False: no second look is taken. */
  readonly looks?: boolean;
  readonly onRedirect?: (next: ProbePlan) => void;
  /** What was made for a connection is secret from now on. */
  readonly onSecrets?: (secrets: readonly string[]) => void;
  /** By default each report has its findings; `asked`: once `diagnosed` is asked for them. */
  readonly findings?: 'asked' | undefined;
}

/** What only whoever talked through the last connection knows of it. */
export type Told = Omit<RunRecord, 'connection' | 'trail' | 'looks' | 'secrets' | 'vantage' | 'credentials' | 'stalls'>;

/**
 * One run of a plan: its connections one after the other, as far as redirects lead, on one clock that begins with the first one.
 * The last connection is the one that is talked through and reported; a second look is reported only where it is asked for.
 */
export class Run<Talker extends ConnectionListener> {
  readonly plan: ProbePlan;
  readonly connections: RunConnection<Talker>[] = [];
  /** Second looks, in their order. */
  readonly looks: Look[] = [];
  readonly #options: RunOptions<Talker>;
  #clock: Clock | null = null;
  #trail: RedirectTrail | null = null;
  #diagnosis: Diagnosis | null = null;
  #gathered: Gathered | null = null;
  #stalls: StallFollower | null = null;
  /** Of the latest connection that needed a token. */
  #credentials: CredentialsInfo | null = null;
  #digest: DigestLogin | null = null;
  /** What the last connection along the redirects asked with. */
  #asked: { readonly plan: ProbePlan; readonly contexts: ConnectionRunOptions['contexts'] } | null = null;

  constructor(plan: ProbePlan, options: RunOptions<Talker>) {
    this.plan = plan;
    this.#options = options;
  }

  /** The connection of now; null before the first. */
  get current(): RunConnection<Talker> | null {
    return this.connections.at(-1) ?? null;
  }

  /** Connects, along redirects where the plan follows them. Gives the last connection, open where there is no `failure`. */
  async open(): Promise<RunConnection<Talker> & { readonly failure: Failure | null }> {
    // Before the clock starts: what is loaded meanwhile would be counted as network time.
    if (this.#options.findings !== 'asked') this.#diagnosis = await loadDiagnosis();
    let plan = this.plan;
    let hop = await this.#connect(plan, 'asked', this.#options.contexts);
    while (hop.failure && this.#trail) {
      if (await this.#asksAgain(hop)) {
        hop.connection.connection.destroy();
        hop = await this.#connect(plan, 'credentials', hop.connection.contexts);
        continue;
      }
      const { secrets } = hop.connection.plan;
      const next = await this.#trail.next({ ...plan, secrets }, hop.failure, hop.connection.connection);
      if (!next.plan) return { ...hop, failure: await this.#refused(hop.connection, next.failure) };
      hop.connection.connection.destroy();
      plan = next.plan;
      this.#options.onRedirect?.(plan);
      hop = await this.#connect(plan, 'redirect', await loadTlsContexts(plan, this.#options.signal));
    }
    return hop;
  }

  /**
   * One more connection, to the machine that the last one reached and with what that one asked with but for `change`. Null where
   * nothing was reached, no looks are taken, or the run was cancelled.
   */
  async again(
    reason: 'no-ping',
    change: (plan: ProbePlan) => ProbePlan,
  ): Promise<(RunConnection<Talker> & { readonly failure: Failure | null }) | null> {
    const reached = this.current?.connection.reached;
    const { looks = true, signal } = this.#options;
    if (!looks || !this.#asked || !reached || signal?.aborted) return null;
    const { contexts, plan } = this.#asked;
    const { host } = plan.proxy ?? this.current.connection.request;
    const network = pinnedTo(this.#options.network, host, reached);
    return this.#connect(change(plan), reason, contexts, { network, dialectJudge: judgeFor(plan) });
  }

  /** Of every connection so far: what was made for one of them, and what a redirect set, among them. */
  get secrets(): readonly string[] {
    const sent = this.connections.flatMap(({ connection: { connection, plan } }) => [
      ...plan.secrets,
      ...connection.way.tunnel.secrets,
    ]);
    const said = this.connections.flatMap(({ connection: { watch } }) => saidIn(watch));
    return [...new Set([...sent, ...said, ...(this.#trail?.secrets ?? [])])];
  }

  /** The report of the last connection, or of another one; `others` are secrets of who talks in the same conversation. */
  report(told: Told, connection = this.current?.connection, others: readonly string[] = []): Report {
    if (!connection || !this.#trail) throw new Error('The run has not begun.');
    const { looks } = this;
    const credentials = this.#credentials;
    const { vantage } = this.#options;
    const secrets = [...this.secrets, ...others];
    this.#stalls?.stop();
    const stalls = this.#stalls?.stalls ?? [];
    this.#gathered = gather({ connection, trail: this.#trail, looks, credentials, secrets, vantage, stalls, ...told });
    return assembleReport(this.#gathered, this.#diagnosis);
  }

  /** The last report that was given, with its findings. Null before the first. */
  async diagnosed(): Promise<Report | null> {
    this.#diagnosis ??= await loadDiagnosis();
    return this.#gathered && assembleReport(this.#gathered, this.#diagnosis);
  }

  async #connect(
    plan: ProbePlan,
    reason: ConnectionReason,
    contexts: ConnectionRunOptions['contexts'],
    instead: Partial<Pick<ConnectionRunOptions, 'network' | 'dialectJudge'>> = {},
  ): Promise<RunConnection<Talker> & { readonly failure: Failure | null }> {
    this.#asked = { plan, contexts };
    const {
      checksMessages,
      dialectJudge,
      keepPayloadBytes,
      listen,
      network,
      onProgress,
      openInlet,
      pool,
      signal,
      takesOver,
    } = this.#options;
    const prepared = await this.#prepare(this.#trail?.dress(plan) ?? plan, reason);
    const clock = (this.#clock ??= this.#options.clock ?? createClock());
    this.#stalls ??= new StallFollower(clock);
    if (this.#trail) this.#trail.begin();
    else this.#trail = new RedirectTrail(this.plan, clock);
    const connection = new ConnectionRun(prepared.ok ? prepared.value : plan, {
      clock,
      checksMessages,
      dialectJudge,
      keepPayloadBytes,
      openInlet,
      network,
      onProgress,
      pool,
      signal,
      takesOver,
      contexts: prepared.ok ? contexts : prepared,
      ...instead,
    });
    const begun = { reason, connection, talker: listen(connection) };
    this.connections.push(begun);
    return { ...begun, failure: await connection.open(begun.talker) };
  }

  async #prepare(plan: ProbePlan, reason: ConnectionReason): Promise<Outcome<ProbePlan>> {
    const { onSecrets, prepare, signal } = this.#options;
    if (signal?.aborted) return success(plan);
    const authorized = await this.#authorize(plan);
    if (!authorized.ok || !prepare) return authorized;
    const made = await prepare(handshakeRequestOf(plan), reason, signal);
    if (!made.ok) return made;
    onSecrets?.(made.value.secrets);
    return success(withMade(authorized.value, made.value));
  }

  /** The plan with what its credentials come to only now: a token that is fetched, an answer to a challenge. */
  async #authorize(plan: ProbePlan): Promise<Outcome<ProbePlan>> {
    const { auth } = plan;
    if (auth?.type === 'oauth2') return this.#withToken(plan, auth);
    const answer = auth?.type === 'digest' ? this.#digest?.answer(plan, auth, handshakeRequestOf(plan).target) : null;
    if (!answer) return success(plan);
    this.#options.onSecrets?.(answer.secrets);
    return success(withMade(plan, answer));
  }

  async #withToken(plan: ProbePlan, auth: OAuth2): Promise<Outcome<ProbePlan>> {
    const { network, onSecrets, signal } = this.#options;
    const { tokenFor } = await import('./oauth2/tokens.js');
    const { info, outcome } = await tokenFor(plan, auth, { network, signal });
    // Found kept along a redirect, or at a second look: it is the one of before in this run, however that was had.
    if (!info.cached || !this.#credentials) this.#credentials = info;
    if (!outcome.ok) return outcome;
    const secrets = [outcome.value];
    onSecrets?.(secrets);
    return success(withMade(plan, { headers: [['Authorization', `Bearer ${outcome.value}`]], secrets }));
  }

  /** The server refused, and the next connection has what it wants: a new token, or the answer to its challenge. */
  async #asksAgain({ connection, failure }: { connection: ConnectionRun; failure: Failure | null }): Promise<boolean> {
    const { auth, expect, url } = connection.plan;
    const { request, response } = connection.connection.handshake.record;
    if (failure?.kind !== 'status' || response?.status !== 401 || expect.status === 401) return false;
    if (this.#options.signal?.aborted) return false;
    if (auth?.type === 'oauth2' && this.#credentials?.cached) {
      // Once: the next one is new.
      const { forgetToken } = await import('./oauth2/tokens.js');
      forgetToken(auth);
      this.#lookedAt(connection, 'stale-token', statusLine(response));
      return true;
    }
    if (auth?.type !== 'digest') return false;
    const { DigestLogin } = await import('./digestLogin.js');
    this.#digest ??= new DigestLogin();
    if (!this.#digest.isAsked(url, request, response)) return false;
    this.#lookedAt(connection, 'challenge', statusLine(response));
    return true;
  }

  /** A connection that was refused and is not the one of the report. */
  #lookedAt({ clock, plan, reached, request }: ConnectionRun, reason: Look['reason'], response: string): void {
    if (!reached) return;
    const target = new Redactor(plan.secrets).url(request.target);
    const asked = `GET ${target} HTTP/1.1`;
    this.looks.push({ reason, atMs: clock(), address: placeOf(reached), request: asked, response, error: null });
  }

  /** The end of the way: a port that took TCP and said nothing is asked whether it speaks TLS, plain HTTP, or takes no upgrades. */
  async #refused(connection: ConnectionRun, failure: Failure): Promise<Failure> {
    const { looks = true, network, signal } = this.#options;
    if (connection.plan.proxy === null && failure.code === 'ECONNREFUSED')
      connection.listensAt = await otherLoopback(connection.connection.way.attempts);
    if (looks) this.looks.push(...(await lookAtOther(connection, failure, network, signal)));
    connection.connection.destroy();
    return failure;
  }
}

/** The plan with what was made for its connection. */
function withMade(plan: ProbePlan, { headers, secrets }: PreparedUpgrade): ProbePlan {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return {
    ...plan,
    headers: [...plan.headers.filter(([name]) => !names.has(name.toLowerCase())), ...headers],
    secrets: [...plan.secrets, ...secrets],
  };
}
