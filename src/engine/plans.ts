import { createHmac, randomBytes } from 'node:crypto';
import { ProbeError } from '../core/base/errors.js';
import type { Payload, ProbePlan } from '../core/base/plan.js';
import { setBounded } from '../core/base/setBounded.js';
import { isSecretEnvValue } from '../core/profile/envSecret.js';
import type { NewProfileText } from '../core/base/newProfile.js';
import type { Problem, ProfileFile, ResolveContext } from '../core/profile/profile.js';
import { Redactor } from '../core/redaction/redactor.js';
import { SecretText } from '../core/redaction/secretText.js';
import type { Handlers } from '../protocol/channel.js';
import type { ChangedProfile, ChangeRequest, PlanRequests } from '../protocol/planRequests.js';
import type { PlanRef, PreparedPlan } from '../protocol/prepared.js';

/** Enough for every target of a window, with some to spare. */
const MAX_KEPT = 256;

/** A plan with what messages may ask for: it holds the values of secrets and never leaves the worker. */
export interface KeptPlan {
  readonly plan: ProbePlan;
  /** The secrets it uses, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly shown: SecretText;
  readonly env: ResolveContext['env'];
  /** Those variables of `env` that it uses. */
  readonly envNames: readonly string[];
}

// Each part is loaded when it is first asked for.
const loadResolver = () => import('../core/profile/resolve.js');
const loadDestinations = () => import('../core/profile/destinations.js');
const loadShared = () => import('../core/profile/sharedFiles.js');
const loadTemplate = () => import('../core/profile/newProfileText.js');

type Draft = Omit<PlanRequests['profileDraft']['params'], 'place' | 'over'> & {
  /** Of the environments that it shares. */
  readonly problems: readonly Problem[];
};

/** The plans of the worker by their ids, and the profiles that are to become some. */
export class Plans {
  readonly #drafts = new Map<number, Draft>();
  readonly #kept = new Map<string, KeptPlan>();
  readonly #key = randomBytes(32);
  #nextDraftId = 1;

  handlers(): Handlers<PlanRequests> {
    return {
      profileDraft: async ({ text, context, place, over }) => {
        const { profileNeeds } = await loadDestinations();
        const { readSharedFiles, sharedProblems } = await loadShared();
        const shared = await readSharedFiles(place);
        const written = { text, context: { ...context, sharedEnvironments: shared.environments } };
        const draft = over ? ((await overlaid(written, over)) ?? written) : written;
        const draftId = this.#nextDraftId++;
        keep(this.#drafts, draftId, { ...draft, problems: sharedProblems(shared.wrong) });
        return { ...profileNeeds(draft.text, draft.context), draftId };
      },
      profilePrepare: (params) => this.#prepare(params),
      profileTemplate: (params) => this.#template(params),
      profileChange: (params) => this.#change(params),
      planCopyAs: async ({ tool, shell, ...ref }) => {
        const { plan, secrets } = this.get(ref);
        const { copyAs } = await import('../core/convert/copyAs.js');
        return copyAs(tool, plan, { secrets, shell });
      },
      planRedirect: async ({ target, ...ref }) => {
        const { redirectPlan } = await import('../core/profile/redirectPlan.js');
        const next = redirectPlan(this.get(ref).plan, target);
        return 'refused' in next ? next : { dropped: next.dropped };
      },
    };
  }

  get({ planId, followRedirects }: PlanRef): KeptPlan {
    const kept = this.#kept.get(planId);
    if (!kept) throw goneError();
    keep(this.#kept, planId, kept);
    return { ...kept, plan: { ...kept.plan, followRedirects } };
  }

  async #prepare({ draftId, secrets: values }: PlanRequests['profilePrepare']['params']) {
    const draft = this.#drafts.get(draftId);
    if (!draft) throw goneError();
    this.#drafts.delete(draftId);
    const { text } = draft;
    if (draft.problems.length > 0) return { plan: null, problems: draft.problems };
    const context = { ...draft.context, secrets: values };
    const { resolveText } = await loadResolver();
    const { plan, problems, names, written } = resolveText(text, context);
    if (!plan) return { plan, problems };
    const { destinations, shownVariables } = await loadDestinations();
    const secrets = Object.fromEntries(names.secrets.map((name) => [name, context.secrets[name] ?? '']));
    const shown = new SecretText(secrets, plan.secrets);
    const planId = createHmac('sha256', this.#key)
      .update(JSON.stringify([plan, secrets, written]))
      .digest('hex');
    keep(this.#kept, planId, { plan, secrets, shown, env: context.env, envNames: names.env });
    const redactor = new Redactor(plan.secrets);
    const prepared: PreparedPlan = {
      planId,
      followRedirects: plan.followRedirects,
      name: redactor.text(plan.name),
      url: redactor.url(plan.url),
      secrets: names.secrets,
      env: shownVariables(plan, names.env, context.env),
      hosts: destinations(plan),
      messages: written.map(({ name, send }) => ({ name: shown.hide(name), send: shown.hideDeep(send) as Payload })),
    };
    return { plan: prepared, problems };
  }

  async #change(request: ChangeRequest): Promise<ChangedProfile | { readonly why: string }> {
    const { text, change, environment, place, url, plan } = request;
    const { changeProfile } = await import('../core/language/index.js');
    const { lineDifference } = await import('../core/text/lineDifference.js');
    const { environments: shared } = await (await loadShared()).readSharedFiles(place);
    const changed = changeProfile(text, change, { environment, shared, url });
    if ('why' in changed || !plan || !this.#kept.has(plan.planId)) return { difference: null, ...changed };
    const redactor = new Redactor(this.get(plan).plan.secrets);
    const lines = lineDifference(text, changed.text);
    return { ...changed, difference: lines.map((line) => ({ ...line, text: redactor.text(line.text) })) };
  }

  async #template({ source, stored }: PlanRequests['profileTemplate']['params']): Promise<NewProfileText> {
    const { newProfileText } = await loadTemplate();
    const { from, references, hosts } = await this.#sourceOf(source);
    return newProfileText(from, stored, { hosts, references });
  }

  async #sourceOf(source: PlanRef | { readonly url: string }) {
    if (!('planId' in source)) return { from: source, references: {}, hosts: [new URL(source.url).host] };
    const kept = this.get(source);
    const { destinations } = await loadDestinations();
    return { from: kept.plan, references: writtenReferences(kept), hosts: destinations(kept.plan) };
  }
}

/** The profile with what is said beside it, as one text; null where it cannot be read. */
async function overlaid(
  { text, context }: Omit<Draft, 'problems'>,
  over: ProfileFile,
): Promise<Omit<Draft, 'problems'> | null> {
  const { sharedEnvironments: shared = [], environment = null } = context;
  const [{ parseProfile }, { withSharedValues }, { applyOverrides }] = await Promise.all([
    import('../core/profile/parse.js'),
    import('../core/profile/sharedEnvironments.js'),
    import('../core/profile/overrides.js'),
  ]);
  const { file } = parseProfile(text, shared);
  if (!file) return null;
  const effective = applyOverrides(withSharedValues(file, shared), over, environment);
  return { text: JSON.stringify(effective), context: { ...context, sharedEnvironments: [] } };
}

/** As the one used last; beyond the limit the least used goes. */
function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  setBounded(map, key, value, MAX_KEPT);
}

function goneError(): ProbeError {
  return new ProbeError('plan.gone', 'The engine no longer knows this target.', { hint: 'Run it once more.' });
}

/** How a profile writes the values that it has taken from elsewhere. */
export function writtenReferences({ secrets, env, envNames }: KeptPlan): Readonly<Record<string, string>> {
  const secret = Object.entries(secrets).map(([name, value]) => [`\${secret:${name}}`, value] as const);
  const variables = envNames.map((name) => [`\${env:${name}}`, env[name] ?? ''] as const);
  return Object.fromEntries([...variables.filter(([, value]) => isSecretEnvValue(value)), ...secret]);
}

/** Runs what a plan is used for; what it rejects with tells no secret of the plan. */
export async function tellNoSecret<T>({ secrets }: ProbePlan, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code, hint } = error as { readonly code?: unknown; readonly hint?: unknown };
    const redactor = new Redactor(secrets);
    const options = typeof hint === 'string' ? { hint: redactor.text(hint) } : {};
    throw new ProbeError(typeof code === 'string' ? code : 'internal', redactor.text(error.message), options);
  }
}
