import type { ProbePlan, ResolveContext } from './profile.js';

export type ProxyChoice = Pick<ProbePlan, 'proxyChoice' | 'proxy' | 'unusedProxy'>;

/** Which proxy leads to `target` (ws: or wss:): the profile's own, or for `auto` what the editor and the environment say. */
export function chooseProxy(choice: string, _target: URL, _context: ResolveContext): ProxyChoice {
  return { proxyChoice: choice === 'none' ? 'none' : 'auto', proxy: null, unusedProxy: null };
}
