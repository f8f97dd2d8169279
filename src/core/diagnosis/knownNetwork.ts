import type { ResponseInfo } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import { headerOf, statusWords } from './facts.js';
import { serverWords } from './serverWords.js';
import type { Known, KnownAnswer, Seen } from './knownAnswer.js';
import { profileFix } from './snippets/profile.js';
import { textFix } from './snippets/shell.js';

const filtered = (who: string | null, sign: string, { response }: Seen): KnownAnswer => ({
  id: 'upgrade.forbidden',
  layer: 'proxy',
  title: `A filter of the network${who === null ? '' : ` (${who})`} answered in place of the server: ${sign} (${statusWords(response)})`,
  why: `The answer is one of ${who ?? 'a filter'}, which stands between here and the server. The server was not asked, and nothing in the request cures that: another network does, or an exception for this host.`,
  fixes: [
    textFix(
      who === null ? 'Who runs the filter' : `Who runs the ${who} filter`,
      'Exempt this host from inspection, or allow its category.',
    ),
  ],
});

/** Where a network sends who has not signed in to it yet. */
export const PORTAL =
  /wispr|captive|hotspot|prelogin|guest[-_]?portal|generate_204|\/fgtauth\?|\.network-auth\.com\/|\/guest\/s\/|\/portal\/gateway\?|\/\/securelogin\.|[?&]redirurl=|\/\/(?:10|192\.168|172\.[123]\d)\.[\d.:]{3,14}\/web_?auth|\/login\?dst=http|\/login\.html\?redirect=[\w-]+\.|\/uid\.php\?/i;

/** A page that leads a browser on by itself. */
const LEADS_ON =
  /http-equiv=["']?refresh["']?[^>]{0,80}url=["']?\s*(https?:\/\/[^"'\s>]{3,300})|\blocation(?:\.href)?\s*=\s*["'](https?:\/\/[^"'\s>]{3,300})/i;

/** An address of a private network (RFC 1918). */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[\d.]+$/;

const ofGuests = ({ found, text, evidence }: Seen) => {
  const place = found[1] || found[2] || '';
  const elsewhere = hostOf(place) !== evidence.host;
  return (
    elsewhere &&
    (PORTAL.test(place) ||
      PRIVATE.test(hostOf(place)) ||
      /\b(?:network login|captive portal|guest (?:wi-?fi|network|access)|hotspot)\b/i.test(text))
  );
};

/** Where filters send who may not pass. */
const BLOCK_PLACE =
  /^https?:\/\/(?:[^/?#]*\.)?(?:block|blocked|blockpage|blocking|webfilter|urlfilter|warning|notify)[.-]|^https?:\/\/[^?#]*\/(?:block|blocked|blockpage|UserCheck|kids_not_allowed|access_?denied|denied)(?:\.(?:cgi|php|html?|aspx|lua))?(?:[/?#]|$)/i;

const POLICY =
  /(?:company|corporate|organi[sz]ation(?:['’]s|al)?|system|usage|web|content|security|access) polic(?:y|ies)/.source;

/** What their pages say, and no application: the words are about pages, categories, and the rules of an organisation. */
const BLOCK_WORDS = new RegExp(
  [
    `(?:web ?page|web ?site|site|url|page|access)\\b[^.]{0,90}\\b(?:blocked|denied|restricted)\\b[^.]{0,60}\\b${POLICY}`,
    `\\b(?:your|the) ${POLICY} (?:has |have )?(?:blocked|denied|denies|prohibits)[^.]{0,60}`,
    `\\b(?:based on|according to) (?:your|the) ${POLICY}[^.]{0,60}\\b(?:web ?site|page|url)\\b[^.]{0,60}\\bblocked`,
    '\\bblocked by (?:your|the) (?:organi[sz]ation|network administrator|system administrator|url filter)',
    '\\b(?:url|web ?page|web ?site) (?:is |has been )?blocked\\b',
    '\\brequest denied by WatchGuard',
    '\\baccess to the page\\b[^]{0,200}\\bdenied for the following reason',
    '\\border from the courts?\\b|\\bthe requested url cannot be provided\\b',
  ].join('|'),
  'i',
);

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
  {
    id: 'zscaler.page',
    headers: { server: /^Zscaler\// },
    also: ({ response }) => response.status >= 400,
    says: (seen) => filtered('Zscaler', serverWords(seen.response) ?? 'its page', seen),
  },
  {
    id: 'bluecoat.error',
    status: [502, 503, 504],
    body: /^Network Error (?:Network Error )?\(([a-z_]{3,40})\)/,
    says: ({ found, response }) => {
      const code = found[1] ?? '';
      return {
        id: 'upgrade.bad-gateway',
        layer: 'proxy',
        title: `A proxy of the network (Blue Coat) ${code.startsWith('dns') ? 'cannot resolve the name of the server' : /ssl|cert/.test(code) ? 'does not get TLS with the server to work' : 'got no answer from the server'}: ${code} (${statusWords(response)})`,
        why: 'The page is one of that proxy, which stands between here and the server: the upgrade went through it, and the way from it to the server fails. Another network, or an exception for this host, goes past it.',
        fixes: [textFix('Who runs the proxy', 'Let it reach this host and port, or exempt the host from the proxy.')],
      };
    },
  },
  {
    id: 'portal.page',
    status: [200],
    markup: LEADS_ON,
    also: ofGuests,
    says: ({ found, response }) => ({
      id: 'upgrade.not-websocket',
      layer: 'network',
      title: `The network wants a sign-in first (captive portal): its page leads to ${hostOf(found[1] || found[2] || '')} (${statusWords(response)})`,
      why: 'The page came in place of an answer of the server, and sends browsers to an address of the network. The server was not asked.',
      fixes: [textFix('Sign in', 'Open a page in a browser on this network, sign in to it, then probe again.')],
    }),
  },
  {
    id: 'egress.deny',
    status: [403],
    headers: { 'x-deny-reason': /^host_[\w-]{3,40}$/ },
    says: (seen) => filtered(null, `${seen.header('x-deny-reason')}, for ${quoteText(seen.evidence.host, 80)}`, seen),
  },
  {
    id: 'filter.frame',
    status: [403],
    markup: /<iframe[^>]{0,200}\bsrc=["']?https?:\/\/((?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]{3,12})[?/:]/i,
    also: ({ found, evidence, text }) => found[1] !== evidence.host && text.length < 60,
    says: (seen) => filtered(null, `its page shows one of ${seen.found[1] ?? ''}`, seen),
  },
  {
    id: 'filter.redirect',
    status: [301, 302, 303, 307],
    headers: { location: BLOCK_PLACE },
    also: (seen) => hostOf(seen.header('location')) !== seen.evidence.host,
    says: (seen) => filtered(null, `it leads to ${hostOf(seen.header('location'))}`, seen),
  },
  {
    id: 'filter.page',
    body: BLOCK_WORDS,
    // Those with an attack to their name protect a site, not its visitors; of origins an application speaks.
    also: ({ response, text }) => response.status !== 101 && !/\bAttack ID\b|\bCORS\b|\borigins?\b/i.test(text),
    says: (seen) => filtered(ofFilter(seen), `"${quoteText(wordsOf(seen), 90).replaceAll('"', "'")}"`, seen),
  },
];

/** Products of such filters, by what their pages say. */
const filters: readonly (readonly [sign: RegExp, name: string])[] = [
  [/\bpolicy_denied\b/, 'Blue Coat'],
  [/\bWatchGuard\b/, 'WatchGuard'],
  [/\bSonicWALL\b/i, 'SonicWall'],
  [/\bSophos\b/, 'Sophos'],
  [/\bNetskope\b/, 'Netskope'],
  [/\b(?:Forcepoint|Websense)\b/, 'Forcepoint'],
  [/\bBarracuda\b/, 'Barracuda'],
  [/\bUserCheck\b|\bCheck Point\b/, 'Check Point'],
  [/\bMcAfee\b|\bSkyhigh\b/, 'McAfee'],
  [/\bKaspersky\b/, 'Kaspersky'],
  [/\bESET\b/, 'ESET'],
  [/\bUmbrella\b/, 'Cisco Umbrella'],
  [/\bZscaler\b/, 'Zscaler'],
];

/** The heading, as a rule, and not the title of the page before it once more. */
const wordsOf = ({ response, found }: Seen) => serverWords(response) ?? found[0] ?? '';

const ofFilter = ({ response, text }: Seen) => nameIn(text) ?? filterOf(response);

const nameIn = (text: string) => filters.find(([sign]) => sign.test(text))?.[1] ?? null;

/** The product of a filter that a page, or the header Server, names; null where none does. */
export function filterOf({ headers, body }: ResponseInfo): string | null {
  return nameIn(`${headerOf(headers, 'server') ?? ''} ${body.text.slice(0, 4096)}`);
}

const hostOf = (location: string) => quoteText(/\/\/([^/:?#]+)/.exec(location)?.[1] ?? '', 80);
