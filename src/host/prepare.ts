import * as vscode from 'vscode';
import { parseProfile, referencedSecrets } from '../core/profile/parse.js';
import type { ProbePlan, ResolveContext, ResolvedProfile } from '../core/profile/profile.js';
import { planFromUrl, resolveProfile } from '../core/profile/resolve.js';
import type { Environments } from './environments.js';
import { folderOf, nameOf, problemsError, readProfile } from './profileFiles.js';
import { missingSecrets, requireTrust } from './refusals.js';
import { askMissingSecrets } from './secretPrompts.js';
import type { Secrets } from './secrets.js';
import type { Target } from './targets.js';

export interface PrepareOptions {
  /** A person is there: secrets that have no value yet may be asked for. */
  readonly ask: boolean;
}

/** Makes a target ready to run: trust, text, environment, secrets, every value checked. */
export class Preparer {
  readonly #secrets: Secrets;
  readonly #environments: Environments;

  constructor(secrets: Secrets, environments: Environments) {
    this.#secrets = secrets;
    this.#environments = environments;
  }

  async prepare(target: Target, options: PrepareOptions): Promise<ProbePlan> {
    const { plan, problems } = await this.#resolve(target, options);
    const uri = target.kind === 'file' ? target.uri : null;
    if (!plan) throw problemsError(problems, uri);
    return plan;
  }

  async #resolve(target: Target, options: PrepareOptions): Promise<ResolvedProfile> {
    if (target.kind === 'url') return this.#resolveUrl(target.url, options);
    if (target.kind === 'inline') return this.#resolveText(JSON.stringify(target.profile), {}, options);
    requireTrust();
    const text = await readProfile(target.uri);
    const { uri } = target;
    return this.#resolveText(
      text,
      { environment: this.#environments.get(uri), baseDir: folderOf(uri), name: nameOf(uri) },
      options,
    );
  }

  async #resolveUrl(url: string, options: PrepareOptions): Promise<ResolvedProfile> {
    return planFromUrl(url, {}, await this.#context({}, referencedSecrets({ url }), options));
  }

  async #resolveText(text: string, about: Partial<ResolveContext>, options: PrepareOptions): Promise<ResolvedProfile> {
    const { file, problems } = parseProfile(text);
    if (!file) return { plan: null, problems };
    return resolveProfile(file, text, await this.#context(about, referencedSecrets(file), options));
  }

  async #context(
    about: Partial<ResolveContext>,
    secretNames: readonly string[],
    options: PrepareOptions,
  ): Promise<ResolveContext> {
    let secrets = await this.#secrets.resolve(secretNames);
    const missing = secretNames.filter((name) => secrets[name] === undefined);
    if (missing.length > 0) {
      if (!options.ask || !(await askMissingSecrets(this.#secrets, missing))) throw missingSecrets(missing);
      secrets = await this.#secrets.resolve(secretNames);
    }
    return {
      env: process.env,
      secrets,
      environment: null,
      baseDir: null,
      allowLinkLocal: vscode.workspace.getConfiguration('wsprobe').get('allowLinkLocal', false),
      ...about,
    };
  }
}
