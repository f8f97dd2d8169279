import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { ProbeError } from '../base/errors.js';
import { behaviours } from './behaviours.js';
import type { Certificates, Credential } from './certificates.js';
import { ListenerSet } from './server.js';

/** TLS listeners in the order of their ports: 4481 is `good`, 4490 `alpnH2`. */
export const TLS_VARIANTS = [
  'good',
  'expired',
  'selfSigned',
  'wrongName',
  'notYetValid',
  'missingIntermediate',
  'expiresSoon',
  'clientCertificate',
  'tls12',
  'alpnH2',
] as const;
export type TlsVariant = (typeof TLS_VARIANTS)[number];

const TCP_VARIANTS = ['accept-then-silence', 'accept-then-rst', 'accept-then-fin', 'ssh-banner'] as const;
/** Raw TCP listeners, in the order of their ports from 4491. */
export type TcpVariant = (typeof TCP_VARIANTS)[number];

/** HTTP/2 listeners, in the order of their ports from 4495. */
const HTTP2_VARIANTS = ['h2', 'h2-plain', 'h2c'] as const;
/** `h2`: by ALPN, WebSockets included (RFC 8441). `h2-plain`: WebSockets by HTTP/1.1 alone. `h2c`: by prior knowledge. */
export type Http2Variant = (typeof HTTP2_VARIANTS)[number];

/** Proxies, in the order of their ports from 4498. They lead to this playground's own addresses alone. */
const PROXY_VARIANTS = ['connect', 'connect-basic', 'socks5', 'intercepting'] as const;
/** `connect-basic` wants user `user`, password `pass`; `intercepting` shows certificates of its own authority. */
export type ProxyVariant = (typeof PROXY_VARIANTS)[number];

interface PlaygroundPath {
  /** `<name>` stands for any last segment. */
  readonly path: string;
  readonly summary: string;
  readonly group: string;
  /** Query parameters with their defaults; empty when it takes none. */
  readonly parameters: string;
  /** A path and query that can be asked for as it stands. */
  readonly example: string;
}

/** A running playground. URLs end without a slash, so that a path can be put behind them. */
export interface Playground {
  readonly http: string;
  readonly ws: string;
  /** `tls.good`. */
  readonly wss: string;
  readonly tls: Readonly<Record<TlsVariant, string>>;
  /** host:port. */
  readonly tcp: Readonly<Record<TcpVariant, string>>;
  /** Where HTTP/2 is spoken: wss, and ws for `h2c`. */
  readonly http2: Readonly<Record<Http2Variant, string>>;
  /** URLs for `proxy` of a profile, without user info. */
  readonly proxies: Readonly<Record<ProxyVariant, string>>;
  /** The authority that signed every certificate but `selfSigned`; made at the start. */
  readonly caPem: string;
  /** What `clientCertificate` asks for. */
  readonly client: Credential;
  readonly paths: readonly PlaygroundPath[];
  /** TCP connections open now, over all listeners. */
  readonly openSockets: number;
  /** Request heads read so far. */
  readonly requests: number;
  /** Destroys every listener and connection at once. Idempotent. */
  stop(): Promise<void>;
}

export interface PlaygroundOptions {
  /** 127.0.0.1 by default. Loopback addresses alone. */
  readonly host?: string;
  /** Port of http and ws, 4480 by default; the other listeners follow. 0 takes free ports for all. */
  readonly port?: number;
}

const DEFAULT_PORT = 4480;
const LAST_PORT = 65_535;

/** Starts the playground on loopback. Rejects with ProbeError `playground.port-in-use`, `.invalid-port`, `.not-loopback`. */
export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const { host = '127.0.0.1', port = DEFAULT_PORT } = options;
  checkOptions(host, port);
  // Loaded on first use: half the time of a start goes into reading the certificate library.
  const { makeCertificates } = await import('./certificates.js');
  const certificates = await makeCertificates();
  const listeners = new ListenerSet(host, certificates.caPem);
  const doors: readonly ((port: number) => Promise<number>)[] = [
    (at) => listeners.listen(at),
    ...TLS_VARIANTS.map((variant) => (at: number) => listenTls(listeners, variant, at, certificates)),
    ...TCP_VARIANTS.map((variant) => (at: number) => listeners.listenTcp(at, tcpBehaviours[variant])),
    ...HTTP2_VARIANTS.map((variant) => (at: number) => listenHttp2(listeners, variant, at, certificates)),
    ...PROXY_VARIANTS.map((variant) => (at: number) => listenProxy(listeners, variant, at, certificates)),
  ];
  const starts = doors.map((listen, index) => listen(port === 0 ? 0 : port + index));
  const settled = await Promise.allSettled(starts);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await listeners.destroy();
    throw failed.reason;
  }
  const ports = await Promise.all(starts);
  return describe(listeners, certificates, host.includes(':') ? `[${host}]` : host, ports);
}

function checkOptions(host: string, port: number): void {
  if (!/^127(\.\d{1,3}){3}$/.test(host) && host !== '::1') {
    throw new ProbeError(
      'playground.not-loopback',
      `The playground listens on loopback addresses alone, not on ${host}.`,
      {
        hint: 'Use 127.0.0.1 or ::1.',
      },
    );
  }
  const highest = LAST_PORT - TLS_VARIANTS.length - TCP_VARIANTS.length - HTTP2_VARIANTS.length - PROXY_VARIANTS.length;
  if (!Number.isInteger(port) || port < 0 || port > highest) {
    throw new ProbeError('playground.invalid-port', `${port} is no port the playground can start at.`, {
      hint: `Use a whole number from 0 to ${highest}; 0 takes free ports.`,
    });
  }
}

function listenTls(listeners: ListenerSet, variant: TlsVariant, port: number, made: Certificates): Promise<number> {
  const options = (credential: Credential): TlsOptions => ({
    cert: credential.certPem,
    key: credential.keyPem,
    ALPNProtocols: ['http/1.1'],
  });
  switch (variant) {
    case 'clientCertificate':
      return listeners.listenTls(port, {
        ...options(made.good),
        ca: made.caPem,
        requestCert: true,
        rejectUnauthorized: true,
      });
    case 'tls12':
      return listeners.listenTls(port, { ...options(made.good), minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    case 'alpnH2':
      return listeners.listenHttp2(port, { ...options(made.good), ALPNProtocols: ['h2'] });
    default:
      return listeners.listenTls(port, options(made[variant]));
  }
}

function listenHttp2(listeners: ListenerSet, variant: Http2Variant, port: number, made: Certificates): Promise<number> {
  if (variant === 'h2c') return listeners.listenPriorKnowledge(port);
  const { certPem, keyPem } = made.good;
  const options = { cert: certPem, key: keyPem, ALPNProtocols: ['h2', 'http/1.1'] };
  return listeners.listenTls(port, options, { connect: variant === 'h2' });
}

function listenProxy(listeners: ListenerSet, variant: ProxyVariant, port: number, made: Certificates): Promise<number> {
  if (variant === 'socks5') return listeners.listenProxy(port, null);
  return listeners.listenProxy(port, {
    credential: variant === 'connect-basic' ? 'user:pass' : null,
    intercepts: variant === 'intercepting' ? made.intercepted : null,
  });
}

const tcpBehaviours: Record<TcpVariant, (socket: Socket) => void> = {
  'accept-then-silence': (socket) => void socket.resume(),
  'accept-then-rst': (socket) => void socket.resetAndDestroy(),
  'accept-then-fin': (socket) => void socket.resume().end(),
  'ssh-banner': (socket) => void socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n'),
};

function describe(listeners: ListenerSet, made: Certificates, host: string, ports: readonly number[]): Playground {
  const [first = '', ...rest] = ports.map((port) => `${host}:${port}`);
  const take = <K extends string>(names: readonly K[], urlOf: (address: string, name: K) => string) =>
    Object.fromEntries(names.map((name) => [name, urlOf(rest.shift() ?? '', name)])) as Record<K, string>;
  const tls = take(TLS_VARIANTS, (address) => `wss://${address}`);
  const tcp = take(TCP_VARIANTS, (address) => address);
  const http2 = take(HTTP2_VARIANTS, (address, variant) => `${variant === 'h2c' ? 'ws' : 'wss'}://${address}`);
  const proxies = take(PROXY_VARIANTS, (address, name) => `${name === 'socks5' ? 'socks5' : 'http'}://${address}`);
  listeners.origins = { plain: `http://${first}`, secure: tls.good.replace('wss:', 'https:') };
  return {
    http: `http://${first}`,
    ws: `ws://${first}`,
    wss: tls.good,
    tls,
    tcp,
    http2,
    proxies,
    caPem: made.caPem,
    client: made.client,
    paths: behaviours.map(({ path, summary, group, parameters = '', example = path }) => ({
      path,
      summary,
      group,
      parameters,
      example,
    })),
    get openSockets() {
      return listeners.openSockets;
    },
    get requests() {
      return listeners.requests;
    },
    stop: () => listeners.destroy(),
  };
}
