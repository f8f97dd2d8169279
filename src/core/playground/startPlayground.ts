import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { ProbeError } from '../errors.js';
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

export interface PlaygroundPath {
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
  const portOf = (index: number): number => (port === 0 ? 0 : port + index);
  const starts = [
    listeners.listen(portOf(0)),
    ...TLS_VARIANTS.map((variant, index) => listenTls(listeners, variant, portOf(index + 1), certificates)),
    ...TCP_VARIANTS.map((variant, index) =>
      listeners.listenTcp(portOf(index + 1 + TLS_VARIANTS.length), tcpBehaviours[variant]),
    ),
  ];
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
  const highest = LAST_PORT - TLS_VARIANTS.length - TCP_VARIANTS.length;
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

const tcpBehaviours: Record<TcpVariant, (socket: Socket) => void> = {
  'accept-then-silence': (socket) => void socket.resume(),
  'accept-then-rst': (socket) => void socket.resetAndDestroy(),
  'accept-then-fin': (socket) => void socket.resume().end(),
  'ssh-banner': (socket) => void socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n'),
};

function describe(listeners: ListenerSet, made: Certificates, host: string, ports: readonly number[]): Playground {
  const at = (index: number): string => `${host}:${ports[index]}`;
  const tls = Object.fromEntries(TLS_VARIANTS.map((variant, index) => [variant, `wss://${at(index + 1)}`]));
  const tcp = Object.fromEntries(TCP_VARIANTS.map((variant, index) => [variant, at(index + 1 + TLS_VARIANTS.length)]));
  return {
    http: `http://${at(0)}`,
    ws: `ws://${at(0)}`,
    wss: `wss://${at(1)}`,
    tls: tls as Record<TlsVariant, string>,
    tcp: tcp as Record<TcpVariant, string>,
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
