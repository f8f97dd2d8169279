import { quoteText } from '../base/plainText.js';
import { statusWords } from './facts.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { profileFix } from './snippets/profile.js';
import { textFix } from './snippets/shell.js';

const filtered = (who: string, sign: string, { response }: Seen): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `A filter of the network (${who}) answered in place of the server: ${sign} (${statusWords(response)})`,
  why: `The answer is one of ${who}, which stands between here and the server. The server was not asked, and nothing in the request cures that: another network does, or an exception for this host.`,
  fixes: [textFix(`Who runs the ${who} filter`, 'Exempt this host from inspection, or allow its category.')],
});

/** What stands on the side of the client, or carries a machine of a developer to the world: the outermost of all. */
export const knownNetwork: readonly Known[] = [
  {
    id: 'localtunnel',
    status: [511],
    body: /\bvia a localtunnel\b|\bloca\.lt\b/i,
    says: ({ response }) => ({
      id: 'upgrade.forbidden',
      layer: 'proxy',
      title: `localtunnel shows its reminder page in place of the tunnel, and wants the tunnel password (${statusWords(response)})`,
      why: 'localtunnel answers whoever comes without having entered the password of the tunnel, once in seven days for each address. Requests with the header bypass-tunnel-reminder pass. The server at the other end was not asked.',
      fixes: [profileFix('Pass the reminder (profile)', { headers: { 'bypass-tunnel-reminder': '1' } })],
    }),
  },
  {
    id: 'fortiguard',
    body: /\bFortiGuard\b[^]{0,300}\b(?:Access Blocked|Web Page Blocked)/i,
    says: (seen) => filtered('FortiGuard', 'the page is blocked', seen),
  },
  {
    id: 'zscaler',
    status: [302, 303, 307],
    headers: { location: /^https?:\/\/(?:gateway|login)\.zscaler[\w-]*\.net[:/]/i },
    says: (seen) => filtered('Zscaler', `it leads to ${hostOf(seen.header('location'))}`, seen),
  },
];

const hostOf = (location: string) => quoteText(/\/\/([^/:?#]+)/.exec(location)?.[1] ?? '', 80);
