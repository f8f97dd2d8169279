import { embeddedIPv4, isLoopbackName, parseAddress } from '../../base/address.js';
import type { Report } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import { headerValue } from '../../handshake/headers.js';
import { markdownCode, markdownTable, markdownText } from '../../text/markdown.js';
import { bareUrl, cookiesOf, type Head, headerOf, type SeenHandshake } from './handshakes.js';

/** What the browser has made of the connection: its state, and its own words where it refused. */
export interface BrowserOutcome {
  readonly state: string;
  readonly words: string | null;
}

/** Refused by every browser, whoever listens there (Fetch, "bad port"); the commonest of them. */
const BAD_PORTS = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** A handshake of a browser beside one of ours to the same address, as Markdown: what differs, and which rules of browsers apply. */
export function explainBrowserOnly(seen: SeenHandshake, outcome: BrowserOutcome, ours: Report | null): string {
  const rules = rulesOf(seen, ours);
  const rows = rowsOf(seen, ours);
  return [
    `# ${markdownText(bareUrl(seen.url))}`,
    '',
    `In the browser: ${markdownText(outcome.words ?? outcome.state)}  `,
    `From wsprobe, without cookies or Origin: ${ours === null ? 'it could not be asked' : markdownText([ours.verdict, ours.findings[0]?.title].filter(Boolean).join(': '))}`,
    '',
    '## What a browser does and wsprobe does not',
    '',
    ...(rules.length === 0 ? ['Nothing of it applies here.'] : rules.map((rule) => `- ${rule}`)),
    '',
    '## The two handshakes',
    '',
    rows.length === 0 ? 'They say the same.' : markdownTable(['', 'browser', 'wsprobe'], rows),
    '',
    ...(seen.request?.isRaw === false ? ['The browser told its headers without their order and spelling.', ''] : []),
  ].join('\n');
}

function rulesOf(seen: SeenHandshake, ours: Report | null): string[] {
  const target = parseUrl(seen.url);
  const page = parseUrl(seen.from.url);
  const rules: string[] = [];
  if (target?.protocol === 'ws:' && page?.protocol === 'https:' && !isThisMachine(target.hostname))
    rules.push('**Mixed content**: a page of https may open no `ws://` but to this machine. Use `wss://`.');
  const port = Number(target?.port ?? '');
  if (BAD_PORTS.has(port)) rules.push(`**Port ${port}** is one that browsers never connect to. Listen on another one.`);
  const address = ours?.attempts.find(({ error }) => error === null)?.address ?? target?.hostname ?? '';
  if (page && target && isPrivate(address) && !isPrivate(page.hostname) && page.protocol !== 'about:')
    rules.push(
      '**Private network**: the page is of another network than its server, and the browser asks the person, or refuses, before it reaches into a private one. Serve the page from there, or over https and allow it.',
    );
  const origin = headerOf(seen.request, 'origin');
  if (origin !== null)
    rules.push(
      `**Origin**: the browser says ${markdownCode(origin)} and cannot say anything else; a server that answers 403 may not know it. Try it: \`--origin ${origin.replaceAll(/[^\w:/.[\]-]/g, '')}\`.`,
    );
  const cookies = cookieNames(seen.request);
  if (cookies.length > 0)
    rules.push(
      `**Cookies**: the browser sends ${cookies.map((name) => markdownCode(name)).join(', ')}. A login may be meant by them.`,
    );
  else if (page && target && page.host !== target.host)
    rules.push(
      '**No cookies**: the page is of another host than the server. Cookies with `SameSite=Lax` or `Strict` stay behind, and so do those of other sites where they are blocked.',
    );
  if (ours?.tls?.authorized === false)
    rules.push('**Certificate**: it is one that is not trusted, and for a WebSocket no browser asks: it just fails.');
  rules.push(
    '**Content Security Policy**: `connect-src` of the page has to name the address; DevTools do not tell of it here, the console does.',
  );
  return rules;
}

function rowsOf({ request, response, subprotocol }: SeenHandshake, ours: Report | null): string[][] {
  const mine: Head | null = ours?.request ? { headers: ours.request.headers, isRaw: true } : null;
  const rows: string[][] = [];
  const row = (what: string, browser: string | null, wsprobe: string | null) => {
    if (browser !== wsprobe) rows.push([what, cell(browser), cell(wsprobe)]);
  };
  row(
    'status',
    response === null ? null : String(response.status),
    ours?.response ? String(ours.response.status) : null,
  );
  row('subprotocol selected', subprotocol, ours?.subprotocol.selected ?? null);
  for (const name of ['Origin', 'User-Agent', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Accept-Language'])
    row(name, headerOf(request, name.toLowerCase()), headerOf(mine, name.toLowerCase()));
  row('Cookie', namesOf(cookieNames(request)), namesOf(cookieNames(mine)));
  row('Authorization', presence(request), presence(mine));
  row(
    'extensions agreed',
    headerOf(response, 'sec-websocket-extensions'),
    headerValue(ours?.response?.headers ?? [], 'sec-websocket-extensions'),
  );
  return rows;
}

function cell(text: string | null): string {
  return text === null ? '—' : markdownText(text, 200);
}

function presence(head: Head | null): string | null {
  return headerOf(head, 'authorization') === null ? null : 'sent';
}

function cookieNames(head: Head | null): string[] {
  return cookiesOf(head).map(([name]) => name);
}

function namesOf(names: readonly string[]): string | null {
  return names.length === 0 ? null : names.join(', ');
}

/** What a browser takes for this machine. */
function isThisMachine(host: string): boolean {
  return isLoopbackName(bare(host)) || host.toLowerCase().endsWith('.localhost');
}

function isPrivate(host: string): boolean {
  if (isThisMachine(host)) return true;
  const bytes = parseAddress(bare(host));
  if (!bytes) return false;
  const [a = 0, b = 0] = bytes.length === 4 ? bytes : (embeddedIPv4(bytes) ?? []);
  if (bytes.length !== 4 && ((bytes[0] ?? 0) & 0xfe) === 0xfc) return true;
  return a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
