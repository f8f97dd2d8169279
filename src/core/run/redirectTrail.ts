import type { Failure } from '../base/evidence.js';
import { headerValues } from '../handshake/headers.js';
import type { Redirect } from '../base/model.js';
import { encodePayload } from '../payload/encodePayload.js';
import type { Payload, ProbePlan } from '../base/plan.js';
import { Redactor } from '../redaction/redactor.js';
import { formatMs } from '../close/disconnect.js';
import { type Clock, toThousandths } from '../base/clock.js';
import type { Connection } from '../transport/connection.js';
import { isRedirect, MAX_HOPS, MAX_LOCATION_CHARACTERS, redirectTarget } from '../handshake/redirectTarget.js';
import { RunCookies } from './runCookies.js';
import { isSameOrigin } from '../profile/otherOrigin.js';
import type { RedirectPlan } from '../profile/redirectPlan.js';

/** A chain may last as long as so many hops that use up their phases: ten slow ones would hold a run for minutes. */
const PATIENT_HOPS = 3;

/** What becomes of a hop that failed: the plan to go on with, or the failure it ends with. */
export type NextHop =
  | { readonly plan: ProbePlan; readonly failure: null }
  | { readonly plan: null; readonly failure: Failure };

/** The redirects of one connect, from the URL asked first to the last one: one clock and one beginning for all hops. */
export class RedirectTrail {
  readonly askedUrl: string;
  readonly startedAt = new Date();
  /** In the order met; the last one perhaps not followed. Redacted. */
  readonly redirects: Redirect[] = [];
  readonly #clock: Clock;
  /** Addresses asked, each with the cookies that went there: with others it is asked anew. */
  readonly #asked: string[] = [];
  readonly #cookies = new RunCookies();
  readonly #beganMs: number;
  #hopBeganMs: number;

  constructor(plan: ProbePlan, clock: Clock) {
    this.askedUrl = plan.url;
    this.#clock = clock;
    this.#beganMs = this.#hopBeganMs = clock();
  }

  /** The plan as it asks: with the cookies that redirects have set for its address. */
  dress(plan: ProbePlan): ProbePlan {
    return this.#cookies.dress(plan);
  }

  /** Values of cookies that were set on the way. */
  get secrets(): readonly string[] {
    return [...this.#cookies.secrets];
  }

  /** A hop begins: what was loaded for it is no part of it. */
  begin(): void {
    this.#hopBeganMs = this.#clock();
  }

  /** Judges the failure of a hop's opening handshake, and notes it where it is a redirect. */
  async next(plan: ProbePlan, failure: Failure, connection: Connection): Promise<NextHop> {
    const { response } = connection.handshake.record;
    if (failure.phase !== 'upgrade' || failure.kind !== 'status' || !response || !isRedirect(response.status)) {
      return { plan: null, failure };
    }
    const locations = [...new Set(headerValues(response.headers, 'location'))];
    const location = locations.join(', ');
    const target = locations.length === 1 ? redirectTarget(location, plan.url) : null;
    const wanted = plan.followRedirects && plan.expect.status !== response.status;
    const cookies = wanted ? await this.#cookies.take(plan.url, response.headers) : [];
    const follow = wanted ? await this.#follow(this.#ownSecrets(plan), location, target) : { refused: null };
    const followed = 'plan' in follow;
    const redactor = new Redactor([...plan.secrets, ...this.secrets]);
    this.redirects.push({
      url: redactor.url(plan.url),
      status: response.status,
      location: bounded(redactor.url(location)),
      target: target === null ? null : redactor.url(target),
      followed,
      ...(followed || follow.refused === null ? {} : { refused: follow.refused }),
      dropped: followed ? follow.dropped : [],
      ...(cookies.length > 0 ? { cookies: redactor.deep(cookies) } : {}),
      startMs: this.#hopBeganMs,
      durationMs: toThousandths(this.#clock() - this.#hopBeganMs),
    });
    if (followed) {
      this.#asked.push(this.#keyOf(follow.plan.url));
      return { plan: follow.plan, failure: null };
    }
    const message = follow.refused === null ? failure.message : `${failure.message}. Not followed: ${follow.refused}.`;
    return { plan: null, failure: { ...failure, message } };
  }

  #keyOf(url: string): string {
    return `${url}\n${this.#cookies.stateAt(url)}`;
  }

  /** What a server set is its own to send on: only the profile's secrets stay with the server they were written for. */
  #ownSecrets(plan: ProbePlan): ProbePlan {
    return { ...plan, secrets: plan.secrets.filter((secret) => !this.#cookies.secrets.has(secret)) };
  }

  async #follow(plan: ProbePlan, location: string, target: string | null): Promise<RedirectPlan> {
    if (target === null) {
      const refused =
        location === '' ? 'the answer has no Location' : 'its Location is no address a WebSocket can have';
      return { refused };
    }
    if (this.#asked.length === 0) this.#asked.push(`${new URL(this.askedUrl).href}\n`);
    if (this.#asked.includes(this.#keyOf(target))) {
      const url = new Redactor(plan.secrets).url(target);
      return { refused: `the redirects go round in a loop, ${url} was asked before` };
    }
    if (this.#asked.length > MAX_HOPS) return { refused: `${MAX_HOPS} redirects in a row are the limit` };
    const { connectMs, upgradeMs } = plan.timeouts;
    const limitMs = PATIENT_HOPS * (connectMs + upgradeMs);
    if (this.#clock() - this.#beganMs > limitMs)
      return { refused: `the redirects took more than ${formatMs(limitMs)} altogether` };
    const { redirectPlan } = await import('../profile/redirectPlan.js');
    const next = redirectPlan(plan, target);
    if ('refused' in next || isSameOrigin(new URL(plan.url), new URL(target))) return next;
    const held = await whatHoldsSecret(plan);
    return held === null ? next : { refused: `it leads to another origin, and ${held} a secret` };
  }
}

/** What a plan sends by itself and must not send to another server, in words; null when nothing of it holds a secret. */
async function whatHoldsSecret(plan: ProbePlan): Promise<string | null> {
  const sent: [what: string, payload: Payload | undefined][] = [
    ['the message', plan.message?.send],
    ['the heartbeat', plan.session.heartbeat?.send],
  ];
  const redactor = new Redactor(plan.secrets);
  for (const [what, payload] of sent) {
    if (payload === undefined || redactor.isEmpty) continue;
    try {
      const encoded = await encodePayload(payload, { baseDir: plan.baseDir, variables: plan.variables });
      const { plain = encoded.bytes } = encoded;
      if (redactor.bytes(plain) !== plain) return `${what} of the profile holds`;
    } catch {
      return `${what} of the profile cannot be read and may hold`;
    }
  }
  return null;
}

function bounded(text: string): string {
  return text.length > MAX_LOCATION_CHARACTERS ? `${text.slice(0, MAX_LOCATION_CHARACTERS)}…` : text;
}
