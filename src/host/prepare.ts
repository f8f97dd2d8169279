import type * as vscode from 'vscode';
import type { ProfileFile, ResolveContext } from '../core/profile/profile.js';
import { isSecretEnvValue } from '../core/profile/envSecret.js';
import { ProbeError } from '../core/base/errors.js';
import type { EngineClient } from '../engine/client.js';
import type { ChangeRequest } from '../protocol/planRequests.js';
import type { PreparedPlan } from '../protocol/prepared.js';
import type { Environments } from './environments.js';
import type { Log } from './log.js';
import { networkSettings } from './network.js';
import { folderOf, nameOf, placeOf, problemsError, readProfile } from './profileFiles.js';
import { missingSecrets, requireTrust } from './refusals.js';
import type { Secrets } from './secrets.js';
import { setting } from './settings.js';
import type { Target } from './target/targets.js';

export interface PrepareOptions {
  /** A person is there: secrets that have no value yet may be asked for. */
  readonly ask: boolean;
  /** Laid over the target for this once. */
  readonly tried?: Pick<ChangeRequest, 'change' | 'url'>;
}

interface FileTarget {
  /** Null: the text is in no file. */
  readonly uri: vscode.Uri | null;
  readonly over?: ProfileFile | null | undefined;
}

export interface PreparerParts {
  readonly engine: Pick<EngineClient, 'request'>;
  readonly secrets: Secrets;
  readonly environments: Environments;
  readonly log: Pick<Log, 'hide'>;
}

/** Makes a target ready to run: trust, text, environment, secrets, every value checked. The plan itself stays in the engine. */
export class Preparer {
  readonly #parts: PreparerParts;

  constructor(parts: PreparerParts) {
    this.#parts = parts;
  }

  /** For a run: the person has allowed that each secret goes where the plan leads. */
  async prepare(target: Target, options: PrepareOptions): Promise<PreparedPlan> {
    const plan = await this.describe(target, options);
    await this.#parts.secrets.consents.require(plan, plan.hosts);
    return plan;
  }

  /** For what sends nothing. */
  async describe(target: Target, options: PrepareOptions): Promise<PreparedPlan> {
    if (target.kind === 'url') return this.#resolve(JSON.stringify({ url: target.url }), {}, options);
    if (target.kind === 'inline') return this.#resolve(JSON.stringify(target.profile), {}, options);
    requireTrust();
    const { uri } = target;
    const about = aboutFile(uri, this.#parts.environments);
    const { environment = about.environment } = target;
    return this.#resolve(await readProfile(uri), { ...about, environment }, options, { uri, over: target.over });
  }

  /** The value of a secret that a message to these hosts names. */
  async secretFor(name: string, hosts: readonly string[]): Promise<string> {
    const { secrets, log } = this.#parts;
    const value = await secrets.get(name);
    if (value === undefined) throw missingSecrets([name]);
    await secrets.consents.require({ secrets: [name], env: [] }, hosts);
    log.hide([value]);
    return value;
  }

  async #resolve(
    text: string,
    about: Partial<ResolveContext>,
    options: PrepareOptions,
    { uri, over = null }: FileTarget = { uri: null },
  ): Promise<PreparedPlan> {
    const { engine, log } = this.#parts;
    const context = contextOf(about);
    const { env } = context;
    const place = uri && placeOf(uri);
    const { environment } = context;
    const { draftId, hosts, ...names } = await engine.request('profileDraft', {
      text: options.tried ? await this.#changed({ ...options.tried, text, environment, place }) : text,
      context,
      place,
      over,
    });
    log.hide(names.env.map((name) => env[name] ?? '').filter(isSecretEnvValue));
    const secrets = await this.#secretValues(names.secrets, hosts, options);
    log.hide(Object.values(secrets).filter((value) => value !== undefined));
    const { plan, problems } = await engine.request('profilePrepare', { draftId, secrets });
    if (!plan) throw problemsError(problems, uri);
    return plan;
  }

  async #changed(request: Omit<ChangeRequest, 'plan'>): Promise<string> {
    const changed = await this.#parts.engine.request('profileChange', { ...request, plan: null });
    if ('why' in changed) throw new ProbeError('fix.refused', changed.why);
    return changed.text;
  }

  async #secretValues(
    names: readonly string[],
    hosts: readonly string[],
    { ask }: PrepareOptions,
  ): Promise<ResolveContext['secrets']> {
    const { secrets } = this.#parts;
    const values = await secrets.resolve(names);
    const missing = names.filter((name) => values[name] === undefined);
    if (missing.length === 0) return values;
    if (!ask) throw missingSecrets(missing);
    const { askMissingSecrets } = await import('./late.js');
    if (!(await askMissingSecrets(secrets, missing, hosts))) throw missingSecrets(missing);
    await secrets.consents.allow(missing, hosts);
    return secrets.resolve(names);
  }
}

/** What a file runs with, but for its secrets. */
export function contextOfFile(uri: vscode.Uri, environments: Environments) {
  return contextOf(aboutFile(uri, environments));
}

function aboutFile(uri: vscode.Uri, environments: Environments) {
  return { environment: environments.get(uri), baseDir: folderOf(uri), name: nameOf(uri) };
}

function contextOf(about: Partial<ResolveContext>) {
  return {
    env: { ...process.env },
    environment: null,
    baseDir: null,
    allowLinkLocal: setting('allowLinkLocal'),
    ...networkSettings(),
    ...about,
  };
}
