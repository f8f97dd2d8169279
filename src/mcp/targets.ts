import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type AllowRule, isAllowed, parseAllowRule } from '../core/base/allowRules.js';
import { ProbeError } from '../core/base/errors.js';
import type { ProbePlan } from '../core/base/plan.js';
import { confinePlan } from '../core/profile/confine.js';
import type { Problem, ProfileFile } from '../core/profile/profile.js';
import { planFromUrl } from '../core/profile/resolve.js';
import type { ToolTarget } from '../core/tools/toolInput.js';
import { isLoopbackName } from '../core/base/address.js';

interface Resolved {
  readonly plan: ProbePlan | null;
  readonly problems: readonly Problem[];
}

export interface TargetOptions {
  /** What may be reached beside this machine. */
  readonly allow: readonly AllowRule[];
  /** The folder whose profiles may be used; null: none may. */
  readonly root: string | null;
  /** A profile by its absolute path, with its environment, its secrets and what is laid over it. */
  readonly resolveProfile: (file: string, environment: string | null, over: ProfileFile) => Promise<Resolved>;
  /** Profiles below the root by their paths there. */
  readonly listProfiles: () => Promise<readonly string[]>;
  /** What names a proxy; nothing of it is filled in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const LOOPBACK = [
  'ws://localhost:*',
  'wss://localhost:*',
  'ws://127.0.0.1:*',
  'wss://127.0.0.1:*',
  'ws://[::1]:*',
  'wss://[::1]:*',
]
  .map(parseAllowRule)
  .filter((rule) => typeof rule === 'object');

/** Makes plans of what an agent asks for, none of which leads further than it may. */
export class Targets {
  readonly #options: TargetOptions;
  readonly #rules: readonly AllowRule[];

  constructor(options: TargetOptions) {
    this.#options = options;
    this.#rules = [...LOOPBACK, ...options.allow];
  }

  /** Throws a ProbeError where it may not, or the profile cannot, be used. */
  async planOf({ url, profile, environment, over }: ToolTarget): Promise<ProbePlan> {
    // By the address as it was given: a plan has no user info any more.
    if (url !== null && !isAllowed(url, this.#rules)) throw notAllowed(url);
    const { plan, problems } =
      url === null
        ? await this.#options.resolveProfile(await this.#fileOf(profile ?? ''), environment, over)
        : planFromUrl(url, over, { env: this.#options.env, secrets: {}, baseDir: null });
    if (!plan) throw cannotBeUsed(profile, problems);
    const confined = confinePlan(plan, () => this.#rules);
    if (!confined) throw notAllowed(plan.url);
    for (const each of [plan, ...(plan.clients ?? []).map((client) => client.plan)]) this.#checkOthers(each);
    return confined;
  }

  /** An agent may have written the profile: a proxy or a token endpoint of its choice would get what is sent, secrets too. */
  #checkOthers({ auth, proxyChoice, proxy }: ProbePlan): void {
    if (proxyChoice === 'named' && proxy) {
      const server = `${proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:${proxy.port}`;
      this.#check('proxy', `ws://${server}`, `wss://${server}`);
    }
    if (auth?.type === 'oauth2') this.#check('token endpoint', auth.tokenUrl.replace(/^http/i, 'ws'));
  }

  #check(what: string, ...addresses: readonly [string, ...string[]]): void {
    const { host, hostname, protocol } = new URL(addresses[0]);
    if (isLoopbackName(hostname.replace(/^\[|\]$/g, ''))) return;
    if (addresses.some((address) => isAllowed(address, this.#rules))) return;
    throw new ProbeError('mcp.not-allowed', `The ${what} that the profile names is not allowed. Nothing was sent.`, {
      hint: `A person can start wsprobe mcp with --allow '${protocol}//${host}'.`,
    });
  }

  async #fileOf(profile: string): Promise<string> {
    const { root } = this.#options;
    if (root === null)
      throw new ProbeError('mcp.no-root', 'No profiles can be used: this server was started without --root.', {
        hint: 'Give a url, or ask a person to start wsprobe mcp with --root and the folder of the profiles.',
      });
    const top = await realpath(root);
    // Where links lead: a path that looks like one below the root may leave it.
    const file = await realpath(resolve(top, profile)).catch(() => null);
    if (file === null || !isBelow(file, top) || !file.endsWith('.wsprobe')) throw await this.#noSuchProfile(profile);
    return file;
  }

  /** The same for one that is not there and one that is out of reach: neither tells what else the disk holds. */
  async #noSuchProfile(profile: string): Promise<ProbeError> {
    const known = await this.#options.listProfiles();
    const shown = known.slice(0, 20).join(', ');
    const more = known.length > 20 ? ` and ${known.length - 20} more` : '';
    return new ProbeError(
      'mcp.no-profile',
      `There is no profile ${JSON.stringify(profile.slice(0, 200))} below the root.`,
      {
        hint: known.length === 0 ? 'There are none there.' : `Known: ${shown}${more}.`,
      },
    );
  }
}

function isBelow(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function notAllowed(address: string): ProbeError {
  const { protocol, host, username, password } = new URL(address);
  if (username !== '' || password !== '')
    return new ProbeError('mcp.not-allowed', 'A url with user name or password is not taken. Nothing was sent.', {
      hint: 'Put it into a profile, with the password as ${secret:…}.',
    });
  const message = `${protocol}//${host} is not allowed: without --allow only this machine is reached. Nothing was sent.`;
  return new ProbeError('mcp.not-allowed', message, {
    hint: `A person can start wsprobe mcp with --allow '${protocol}//${host}'.`,
  });
}

function cannotBeUsed(profile: string | null, problems: readonly Problem[]): ProbeError {
  const errors = problems.filter(({ severity }) => severity === 'error').slice(0, 5);
  const place = ({ line, character }: Problem) => (profile === null ? '' : `${profile}:${line + 1}:${character + 1}: `);
  return new ProbeError(
    'profile.invalid',
    errors.map((problem) => `${place(problem)}${problem.message}`).join('\n') || 'The profile cannot be used.',
  );
}
