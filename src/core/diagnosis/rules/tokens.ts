import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule, SentToken } from '../../base/evidence.js';
import type { Finding, Fix } from '../../base/model.js';
import { headerOf } from '../facts.js';
import { finding } from '../finding.js';
import { shellFix, textFix } from '../snippets/shell.js';

const SOON_MS = 300_000;
/** `Date` counts seconds, and the answer takes its time: less is no difference of clocks. */
const SKEW_MS = 60_000;
/** Closes by which a server says that a client may not, or no longer: 1008, those of IANA, and what people make of 401 and 403. */
const POLICY_CODES = [1008, 3000, 3003, 4401, 4403];

/** A JWT that was sent and is not good, or not for long: read here, before the server says so. */
export const tokens: Rule = {
  ids: ['auth.token-expired', 'auth.token-not-yet-valid', 'auth.token-expires-soon'],
  diagnose: (evidence) => {
    const clocks = clocksOf(evidence);
    const given = [expired(evidence, clocks), notYetValid(evidence, clocks)].filter((one) => one !== null);
    return given.length > 0 ? given : expiresSoon(evidence, clocks);
  },
};

/** What time it is here, and at the server where that is another. */
interface Clocks {
  readonly here: number;
  readonly there: number | null;
}

function clocksOf({ now, report }: Evidence): Clocks {
  const here = now.getTime();
  const there = Date.parse(headerOf(report.response?.headers ?? [], 'date') ?? '');
  return { here, there: Number.isNaN(there) || Math.abs(there - here) < SKEW_MS ? null : there };
}

function expired(evidence: Evidence, clocks: Clocks): Finding | null {
  const over = ({ expiresAt }: SentToken, atMs: number | null) => atMs !== null && Date.parse(expiresAt) <= atMs;
  const found = evidence.tokens.filter((token) => over(token, clocks.here) || over(token, clocks.there));
  const [first] = found;
  if (!first) return null;
  const where = quoteText(first.where, 80);
  const ago = awayText(clocks.here - Date.parse(first.expiresAt));
  const byServer = clocks.there === null ? null : over(first, clocks.there);
  const title =
    byServer === null || byServer === over(first, clocks.here)
      ? `The token in ${where} expired ${ago} ago`
      : byServer
        ? `The token in ${where} has expired by the server's clock, though not by this machine's`
        : `The token in ${where} expired ${ago} ago by this machine's clock, and is valid by the server's`;
  return finding('auth.token-expired', {
    title,
    severity: isRefused(evidence) && byServer !== false ? 'error' : 'warning',
    explanation:
      'The token names its own end, and that has passed. A server that checks it refuses the client, some at the handshake and some only after it. If the token is fresh, compare the clocks.',
    evidence: [...found.flatMap(about), ...clockLines(evidence, clocks)],
    fixes: [...(byServer === false ? [] : [freshFix(evidence, first)]), ...clockFixes(clocks)],
  });
}

function notYetValid(evidence: Evidence, clocks: Clocks): Finding | null {
  const atMs = clocks.there ?? clocks.here;
  const found = evidence.tokens.filter(({ notBefore }) => notBefore !== undefined && Date.parse(notBefore) > atMs);
  const [first] = found;
  if (!first) return null;
  return finding('auth.token-not-yet-valid', {
    title: `The token in ${quoteText(first.where, 80)} is not valid before ${quoteText(first.notBefore ?? '', 40)}, ${awayText(Date.parse(first.notBefore ?? '') - atMs)} from now`,
    severity: isRefused(evidence) ? 'error' : 'warning',
    explanation:
      'The token names its own beginning (nbf), and that is still to come. A server that checks it refuses the client until then. Where the token was issued just now, the clock of who issued it is ahead.',
    evidence: [...found.flatMap(about), ...clockLines(evidence, clocks)],
    fixes: [
      textFix(
        'Where the token comes from',
        'Set the clock of the machine that issues it by NTP, or let it write nbf a minute early.',
      ),
      ...clockFixes(clocks),
    ],
  });
}

function expiresSoon(evidence: Evidence, clocks: Clocks): Finding | null {
  if (evidence.failure) return null;
  const atMs = clocks.there ?? clocks.here;
  const found = evidence.tokens.filter(({ expiresAt, renewed }) => !renewed && Date.parse(expiresAt) - atMs <= SOON_MS);
  const [first] = found;
  if (!first) return null;
  return finding('auth.token-expires-soon', {
    title: `The token in ${quoteText(first.where, 80)} expires in ${awayText(Date.parse(first.expiresAt) - atMs)}`,
    explanation:
      'It was good for this connection. The next one needs another token, and some servers end connections whose token has expired.',
    evidence: [...found.flatMap(about), ...clockLines(evidence, clocks)],
    fixes: [freshFix(evidence, first)],
  });
}

/** The server said that this client may not. */
function isRefused({ report }: Evidence): boolean {
  const { close, response } = report;
  if (response?.status === 401 || response?.status === 403) return true;
  if (close?.initiator !== 'server') return false;
  const { code, reason } = close;
  if (code === null) return false;
  return POLICY_CODES.includes(code) || (code >= 4000 && /expired|token|jwt|unauthori/i.test(reason));
}

function about({ where, expiresAt, notBefore, issuer, audience }: SentToken): string[] {
  const from = notBefore === undefined ? '' : `valid from ${quoteText(notBefore, 40)} `;
  const whose = [issuer && `issuer ${quoteText(issuer, 120)}`, audience && `audience ${quoteText(audience, 120)}`];
  const known = whose.filter((text) => text !== undefined && text !== '');
  return [
    `${quoteText(where, 80)}: ${from}to ${quoteText(expiresAt, 40)}`,
    ...(known.length > 0 ? [`It says of itself: ${known.join(', ')}`] : []),
  ];
}

function clockLines({ now }: Evidence, { here, there }: Clocks): string[] {
  const lines = [`Now: ${now.toISOString()}`];
  if (there === null) return lines;
  const side = there > here ? 'ahead of' : 'behind';
  return [
    ...lines,
    `The server's clock (Date): ${new Date(there).toISOString()}, ${awayText(Math.abs(there - here))} ${side} ours`,
  ];
}

function freshFix({ plan }: Evidence, { renewed }: SentToken): Fix {
  if (renewed && plan.auth?.type === 'oauth2') {
    return textFix(
      'On the authorization server',
      `Let ${quoteText(plan.auth.tokenUrl, 200)} issue a fresh token for each request, and set its clock by NTP.`,
    );
  }
  return textFix(
    'Put a new token in its place',
    'In the editor: "WebSocket: Set Secret…"',
    'On the command line: --secret token=… or the variable WSPROBE_SECRET_TOKEN',
    'Fetched before each connection: "auth": { "type": "oauth2", … } in the profile',
  );
}

/** Nothing tells which of the two is wrong: this machine's is quickly asked. */
function clockFixes({ there }: Clocks): readonly Fix[] {
  if (there === null) return [];
  return [
    shellFix(
      'Is the clock of this machine right? (Linux; Windows: w32tm /query /status; macOS: sntp time.apple.com)',
      'timedatectl status',
    ),
  ];
}

/** As people say how far away a time is: the greatest unit alone, but two for hours. */
function awayText(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(Math.abs(ms) / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}
