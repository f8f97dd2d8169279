import assert from 'node:assert/strict';
import type { ProxyKind, Report } from '../../../src/core/base/model.js';
import type { Overrides, Scene } from './cases.js';

/** A round trip through the application, long enough to be compressed. */
export const ECHO = {
  message: { send: 'hello '.repeat(40), expect: 'echo', samples: 2 },
} as const satisfies Overrides;

/** How long a timer of two seconds takes. */
export const TWO_SECONDS = /\b(1\.9\d|2(\.0\d)?) s\b/;

/** Stays open for longer than any timer of the servers here. */
export const IDLE = { expect: { holdMs: 8_000 } } as const satisfies Overrides;

/** Trusts the authority that signed the servers' certificates. */
export const trusting =
  (overrides: Overrides | ((scene: Scene) => Overrides)) =>
  (scene: Scene): Overrides => {
    const given = typeof overrides === 'function' ? overrides(scene) : overrides;
    return { ...given, tls: { ca: [scene.pki.path('ca.pem')], ...given.tls } };
  };

export const TRUSTED = trusting(ECHO);

interface Account {
  readonly username: string;
  readonly password: string;
}

/** By way of the proxy at the peer's port of this name. */
export const through =
  (kind: ProxyKind, port: string, overrides: Overrides = {}, account: Account | null = null) =>
  ({ peer }: Scene): Overrides => ({
    ...overrides,
    proxyChoice: 'named',
    proxy: {
      kind,
      host: '127.0.0.1',
      port: peer.ports[port] ?? 0,
      username: account?.username ?? null,
      password: account?.password ?? null,
      authorization: null,
      rejectUnauthorized: true,
      source: 'profile',
    },
    secrets: account ? [account.password] : [],
  });

/** Open, compressed, answered, and closed as RFC 6455 wants it. */
export function HEALTHY(report: Report): void {
  assert.equal(report.compression.enabled, true);
  assert.equal(report.roundTrips?.samplesMs.length, 2);
  assert.deepEqual([report.close?.code, report.close?.clean, report.close?.initiator], [1000, true, 'client']);
  const echoed = report.frames.filter(({ direction, opcode }) => direction === 'received' && opcode === 1);
  assert.deepEqual(
    echoed.map(({ rsv1, inflated }) => [rsv1, inflated?.bytes]),
    [
      [true, 240],
      [true, 240],
    ],
  );
}
