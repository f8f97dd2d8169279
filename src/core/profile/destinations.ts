import type { ProbePlan } from '../base/plan.js';
import { socketAddressOf } from '../base/url.js';
import { Redactor } from '../redaction/redactor.js';
import { isPemText } from './pemText.js';
import { parseProfile, referencedSecrets } from './parse.js';
import type { ResolveContext, UsedNames } from './profile.js';
import { resolveProfile } from './resolve.js';
import { withSharedValues } from './sharedEnvironments.js';

/** The hosts, `host[:port]`, that a plan and its clients show their secrets to: servers, proxies which the profile names, token endpoints. */
export function destinations({ clients = [], ...plan }: ProbePlan): readonly string[] {
  const redactor = new Redactor(plan.secrets);
  const hosts = [plan, ...clients.map((client) => client.plan)].flatMap(hostsOf);
  return [...new Set(hosts.map((host) => redactor.text(host)))];
}

function hostsOf({ auth, url, proxyChoice, proxy }: ProbePlan): readonly string[] {
  const named = proxyChoice === 'named' && proxy ? [`${proxy.host}:${proxy.port}`] : [];
  const token = auth?.type === 'oauth2' ? [new URL(auth.tokenUrl).host] : [];
  const to = new URL(url);
  const local = socketAddressOf(to);
  return [local ? `unix:${local.socketPath}` : to.host, ...named, ...token];
}

/**
 * Of the environment variables that a plan uses, those whose values it shows to its hosts. The address of one of these hosts
 * tells it nothing, and the path of a certificate stays here.
 */
export function shownVariables(
  plan: ProbePlan,
  names: readonly string[],
  env: ResolveContext['env'],
): readonly string[] {
  const plans = [plan, ...(plan.clients ?? []).map((client) => client.plan)];
  const told = new Set(plans.flatMap((each) => hostsOf(each).flatMap(spellingsOf)));
  const paths = new Set(plans.flatMap(({ tls: { ca = [], cert, key } }) => [...ca, cert, key]));
  return names.filter((name) => {
    const value = env[name]?.trim() ?? '';
    return value !== '' && !told.has(addressIn(value)) && (isPemText(value) || !paths.has(value));
  });
}

function spellingsOf(host: string): readonly string[] {
  const [, name = host, port] = /^(.*):(\d+)$/.exec(host) ?? [];
  return [host, name, ...(port === undefined ? [] : [port])];
}

/** What a URL of nothing but a host leads to; anything else as it is. */
function addressIn(value: string): string {
  if (!/^[a-z]+:\/\//i.test(value) || !URL.canParse(value)) return value.toLowerCase();
  const { href, host, protocol } = new URL(value);
  return href === `${protocol}//${host}/` ? host : value;
}

export interface ProfileNeeds extends UsedNames {
  /** As `destinations` gives them, where they can be known without a secret's value; else none. */
  readonly hosts: readonly string[];
}

const STAND_IN = 'secret';

/** What a run of a profile would ask for and where it would lead, found without the value of any secret. Never throws. */
export function profileNeeds(text: string, context: Omit<ResolveContext, 'secrets'>): ProfileNeeds {
  const shared = context.sharedEnvironments ?? [];
  const { file } = parseProfile(text, shared);
  if (!file) return { secrets: [], env: [], hosts: [] };
  const referenced = referencedSecrets(withSharedValues(file, shared));
  const secrets = Object.fromEntries(referenced.map((name) => [name, STAND_IN]));
  const { plan, names } = resolveProfile(file, text, { ...context, secrets });
  return { ...names, hosts: plan ? destinations({ ...plan, secrets: [] }) : [] };
}
