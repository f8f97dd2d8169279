import type * as vscode from 'vscode';
import type { ProbePlan } from '../core/base/plan.js';
import type { ResolveContext } from '../core/profile/profile.js';
import type { EngineClient } from '../engine/client.js';
import type { Environments } from './environments.js';
import { networkSettings } from './network.js';
import { folderOf, nameOf, problemsError, readProfile } from './profileFiles.js';
import type { ProfileTexts } from './profileTexts.js';
import { missingSecrets, requireTrust } from './refusals.js';
import { askMissingSecrets } from './secretPrompts.js';
import type { Secrets } from './secrets.js';
import { setting } from './settings.js';
import type { Target } from './target/targets.js';

export interface PrepareOptions {
  /** A person is there: secrets that have no value yet may be asked for. */
  readonly ask: boolean;
}

export interface Prepared {
  readonly plan: ProbePlan;
  /** The values behind the names in `${secret:name}` of the profile. */
  readonly secrets: ResolveContext['secrets'];
}

export interface PreparerParts {
  readonly engine: EngineClient;
  readonly texts: ProfileTexts;
  readonly secrets: Secrets;
  readonly environments: Environments;
}

/** Makes a target ready to run: trust, text, environment, secrets, every value checked. */
export class Preparer {
  readonly #parts: PreparerParts;

  constructor(parts: PreparerParts) {
    this.#parts = parts;
  }

  async prepare(target: Target, options: PrepareOptions): Promise<ProbePlan> {
    return (await this.prepareWithSecrets(target, options)).plan;
  }

  async prepareWithSecrets(target: Target, options: PrepareOptions): Promise<Prepared> {
    if (target.kind === 'url') return this.#resolve(JSON.stringify({ url: target.url }), {}, options);
    if (target.kind === 'inline') return this.#resolve(JSON.stringify(target.profile), {}, options);
    requireTrust();
    const { uri } = target;
    const environment = this.#parts.environments.get(uri);
    const about = { environment, baseDir: folderOf(uri), name: nameOf(uri) };
    return this.#resolve(await readProfile(uri), about, options, uri);
  }

  async #resolve(
    text: string,
    about: Partial<ResolveContext>,
    options: PrepareOptions,
    uri: vscode.Uri | null = null,
  ): Promise<Prepared> {
    const { engine, texts } = this.#parts;
    const { secrets: names } = await texts.parse(text);
    const context: ResolveContext = {
      env: { ...process.env },
      secrets: await this.#secretValues(names, options),
      environment: null,
      baseDir: null,
      allowLinkLocal: setting('allowLinkLocal'),
      ...networkSettings(),
      ...about,
    };
    const { plan, problems } = await engine.request('resolveProfile', { text, context });
    if (!plan) throw problemsError(problems, uri);
    return { plan, secrets: context.secrets };
  }

  async #secretValues(names: readonly string[], { ask }: PrepareOptions): Promise<ResolveContext['secrets']> {
    const { secrets } = this.#parts;
    const values = await secrets.resolve(names);
    const missing = names.filter((name) => values[name] === undefined);
    if (missing.length === 0) return values;
    if (!ask || !(await askMissingSecrets(secrets, missing))) throw missingSecrets(missing);
    return secrets.resolve(names);
  }
}
