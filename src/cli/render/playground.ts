import type { Http2Variant, Playground, ProxyVariant, TcpVariant, TlsVariant } from '../../core/playground/index.js';
import type { Style } from './style.js';
import { lengthOf, Page, padEnd } from './text.js';

type PlaygroundAddresses = Pick<Playground, 'http' | 'ws' | 'wss' | 'tls' | 'tcp' | 'http2' | 'proxies'> & {
  readonly caFile: string | null;
  /** Certificate and key that `tls.clientCertificate` asks for. */
  readonly clientFile: string | null;
};

const TLS_SHOWS: Record<TlsVariant, string> = {
  good: 'a certificate by the playground authority',
  expired: 'an expired certificate',
  selfSigned: 'a self-signed certificate',
  wrongName: 'a certificate for another name',
  notYetValid: 'a certificate that is not valid yet',
  missingIntermediate: 'a chain without its intermediate',
  expiresSoon: 'a certificate that expires soon',
  clientCertificate: 'a server that asks for a client certificate',
  tls12: 'TLS 1.2 alone',
  alpnH2: 'HTTP/2 alone',
};

const TCP_SHOWS: Record<TcpVariant, string> = {
  'accept-then-silence': 'accepts, then says nothing',
  'accept-then-rst': 'accepts, then resets',
  'accept-then-fin': 'accepts, then hangs up',
  'ssh-banner': 'speaks SSH',
};

const HTTP2_SHOWS: Record<Http2Variant, string> = {
  h2: 'HTTP/2 with WebSockets',
  'h2-plain': 'HTTP/2, WebSockets over HTTP/1.1 alone',
  h2c: 'HTTP/2 by prior knowledge',
};

const PROXY_SHOWS: Record<ProxyVariant, string> = {
  connect: 'takes CONNECT to the playground',
  'connect-basic': 'the same for user:pass',
  socks5: 'SOCKS5',
  intercepting: 'CONNECT, and looks into TLS',
};

/** Where to connect, and what each address shows. */
export function renderPlayground(addresses: PlaygroundAddresses, style: Style): string[] {
  const { http, ws, wss, tls, tcp, http2, proxies, caFile, clientFile } = addresses;
  const page = new Page(style);
  page.heading(style.paint('bold', 'The playground is running on this machine alone. Ctrl+C stops it.'));
  page.gap();
  page.raw('paths', `${http}/  lists every behaviour`);
  page.raw('ws', `${ws}/echo`);
  page.raw('wss', `${wss}/echo`);
  page.raw('authority', caFile ?? '--ca-file ca.pem writes it; probe with --ca ca.pem');
  page.raw('client', clientFile ?? '--client-file c.pem writes it; probe with --cert c.pem --key c.pem');
  page.gap();
  putTable(page, 'tls', rowsOf(tls, TLS_SHOWS));
  page.gap();
  putTable(
    page,
    'tcp',
    rowsOf(tcp, TCP_SHOWS).map(([address, shows]) => [`ws://${address}`, shows] as const),
  );
  page.gap();
  putTable(page, 'http2', rowsOf(http2, HTTP2_SHOWS));
  page.gap();
  putTable(page, 'proxies', rowsOf(proxies, PROXY_SHOWS));
  page.gap();
  page.raw('try', style.paint('accent', `wsprobe probe ${ws}/echo --send hello --expect echo`));
  page.raw('', style.paint('accent', `wsprobe probe ${tls.expired}/echo`));
  page.raw('', style.paint('accent', `wsprobe probe ${ws}/echo --proxy ${proxies.connect}`));
  page.raw('', style.paint('accent', `wsprobe lab handshake ${http2.h2c}/echo`));
  return page.lines();
}

function rowsOf<K extends string>(addresses: Readonly<Record<K, string>>, shows: Readonly<Record<K, string>>) {
  return Object.entries<string>(addresses).map(([name, address]) => [address, shows[name as K] ?? name] as const);
}

function putTable(page: Page, label: string, rows: readonly (readonly [address: string, shows: string])[]): void {
  const columns = Math.max(...rows.map(([address]) => lengthOf(address)));
  for (const [index, [address, shows]] of rows.entries())
    page.raw(index === 0 ? label : '', `${padEnd(address, columns)}  ${shows}`);
}
