import type { ProxyInfo, Redirect, Report } from '../../core/base/model.js';
import { FROM_PROFILE } from '../../core/profile/proxyUrl.js';
import { formatDuration } from '../../core/text/durations.js';
import { cookieText } from '../../core/text/cookieText.js';
import { lookText } from '../../core/text/lookText.js';
import type { Style } from './style.js';
import type { Page } from './text.js';

/** The proxy that stood between: which, who named it, what it answered, how long it took. With `verbose`, also one not used. */
export function putProxy(page: Page, { proxy, phases }: Report, style: Style, verbose: boolean): void {
  const phase = phases.find(({ name }) => name === 'proxy');
  const { separator } = style.glyphs;
  if (proxy === null) {
    const { unused, source } = phase?.detail ?? {};
    if (!verbose || typeof unused !== 'string') return;
    page.row('proxy', `not used: ${unused}${typeof source === 'string' ? ` (known from ${source})` : ''}`, 'dim');
    return;
  }
  const failed = phase?.status === 'failed';
  const ran = phase?.status === 'ok' || phase?.status === 'degraded' || failed;
  const parts = [
    proxy.url,
    sourceText(proxy.source),
    ...(ran ? [answerText(proxy), formatDuration(phase.durationMs)] : []),
  ];
  page.row('proxy', parts.join(separator), failed ? 'bad' : null);
  const unchecked = phase?.detail['unchecked'];
  if (typeof unchecked === 'string')
    page.row('', `the proxy looks ${unchecked} up: where it leads could not be checked`, 'dim');
  if (proxy.tls === null) return;
  const { protocol, authorized, authorizationError } = proxy.tls;
  const trust = authorized ? 'trusted' : `NOT trusted: ${authorizationError ?? 'unknown reason'}`;
  page.row(
    '',
    [`TLS with the proxy: ${protocol ?? 'unknown version'}`, trust].join(separator),
    authorized ? null : 'bad',
  );
}

/** `answered 407 Proxy Authentication Required`; without a status it may have answered in another protocol. */
function answerText({ status, reason }: Pick<ProxyInfo, 'status' | 'reason'>): string {
  return status === null ? 'no tunnel' : `answered ${status} ${reason}`.trim();
}

function sourceText(source: string): string {
  return source === FROM_PROFILE ? 'from the profile' : `from ${source}`;
}

/** Each redirect met: what was asked, where it leads, and whether that was followed, without what. */
export function putRedirects(page: Page, { redirects = [] }: Report, style: Style): void {
  for (const [index, redirect] of redirects.entries()) {
    page.row(index === 0 ? 'redirect' : '', `${redirect.status} from ${redirect.url}`);
    const parts = [
      `to ${redirect.target ?? redirect.location}`,
      redirect.followed ? 'followed' : `not followed${whyNot(redirect)}`,
      ...[cookieText(redirect)].filter((text) => text !== null),
      ...(redirect.dropped.length > 0 ? [`without ${redirect.dropped.join(', ')}`] : []),
    ];
    page.row('', parts.join(style.glyphs.separator), redirect.followed ? null : 'warn');
  }
}

/** How the token of `auth: oauth2` was had. */
export function putCredentials(page: Page, { credentials, error }: Report, style: Style): void {
  if (!credentials) return;
  const { cached, durationMs, expiresAt, status, tokenUrl } = credentials;
  const failed = error?.code?.startsWith('credentials.') === true;
  const parts = [
    cached ? `token from before, of ${tokenUrl}` : `${tokenUrl} answered ${status ?? 'nothing'}`,
    ...(cached ? [] : [formatDuration(durationMs)]),
    ...(expiresAt === null ? [] : [`expires ${expiresAt}`]),
  ];
  page.row('credentials', parts.join(style.glyphs.separator), failed ? 'bad' : null);
}

/** Connections that the probe made by itself, so that nobody wonders about them in the server's log. */
export function putLooks(page: Page, { looks = [] }: Report): void {
  for (const [index, look] of looks.entries()) {
    const { outcome, why } = lookText(look);
    page.row(index === 0 ? 'looked again' : '', why);
    page.row('', outcome, 'dim');
  }
}

function whyNot({ refused, target }: Redirect): string {
  if (refused !== undefined) return `: ${refused}`;
  return target === null ? ': no WebSocket can go there' : ' (--follow-redirects does)';
}
