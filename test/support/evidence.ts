import type { Evidence, Failure, StreamEvidence } from '../../src/core/base/evidence.js';
import type { HandshakeProblem } from '../../src/core/base/evidence.js';
import type { Certificate, FrameRecord, HeaderPair, Phase, ResponseInfo, TlsInfo } from '../../src/core/base/model.js';
import type { ProbePlan } from '../../src/core/base/plan.js';
import type { DialectMessage } from '../../src/core/dialects/dialect.js';
import { judgeDialect } from '../../src/core/dialects/judgeDialect.js';
import { planFor } from './plan.js';

export interface EvidenceParts {
  readonly url?: string;
  readonly plan?: Parameters<typeof planFor>[1];
  readonly failure?: Partial<Failure> | null;
  readonly response?: ResponseInfo | null;
  readonly requestHeaders?: readonly HeaderPair[];
  readonly stream?: Partial<StreamEvidence>;
  readonly problems?: readonly HandshakeProblem[];
  readonly messages?: readonly string[];
  readonly tokens?: Evidence['tokens'];
  readonly stalls?: Evidence['stalls'];
  readonly session?: Evidence['session'];
  readonly platform?: string;
  readonly report?: Partial<Evidence['report']>;
}

const now = new Date('2026-11-20T12:00:00.000Z');

/** Evidence of a probe in which nothing went wrong, but for the parts given. */
export function evidenceOf(parts: EvidenceParts = {}): Evidence {
  const url = parts.url ?? 'ws://example.test:8080/chat';
  const plan: ProbePlan = planFor(url, parts.plan ?? {});
  const { hostname, port, protocol, pathname, search } = new URL(url);
  const secure = protocol === 'wss:';
  const subprotocol = parts.report?.subprotocol ?? { offered: plan.subprotocols, selected: null };
  const { dialect } = judgeDialect({
    wanted: plan.session.dialect,
    url,
    offered: subprotocol.offered,
    subprotocol: subprotocol.selected,
    messages: (parts.messages ?? []).map(received),
  });
  return {
    plan,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 443 : 80)),
    secure,
    failure: parts.failure ? { phase: 'upgrade', kind: 'error', code: null, message: '', ...parts.failure } : null,
    problems: parts.problems ?? [],
    stream: { ...quietStream, ...parts.stream },
    messages: parts.messages ?? [],
    tokens: parts.tokens ?? [],
    stalls: parts.stalls ?? [],
    session: parts.session ?? null,
    platform: parts.platform ?? 'linux',
    now,
    report: {
      schema: 'wsprobe.report/1',
      name: url,
      url,
      startedAt: now.toISOString(),
      durationMs: 12,
      vantage: { host: 'here', remote: null },
      phases: [phase('dns', 1), phase('tcp', 2), phase('upgrade', 5)],
      attempts: [],
      tls: null,
      proxy: null,
      request: {
        httpVersion: '1.1',
        method: 'GET',
        target: `${pathname}${search}`,
        headers: [['Host', hostname], ...(parts.requestHeaders ?? [])],
      },
      response: parts.response ?? null,
      accept: null,
      subprotocol,
      ...(dialect && { dialect: dialect.name }),
      compression: { offered: null, accepted: null, enabled: false },
      roundTrips: null,
      close: null,
      expectations: [],
      steps: [],
      frames: [],
      error: null,
      ...parts.report,
    },
  };
}

function received(text: string): DialectMessage {
  return { direction: 'received', binary: false, bytes: Buffer.from(text, 'utf8'), atMs: 6 };
}

const quietStream: StreamEvidence = {
  firstBytes: new Uint8Array(0),
  bytesReceived: 0,
  bytesSent: 180,
  endedBy: null,
  brokeTls: false,
  openForMs: null,
  closeReceived: null,
  closeTimedOut: false,
  violation: null,
  pingsReceived: 0,
  pingFlood: false,
  hasTalked: false,
  answersTls: null,
  plainAnswer: null,
  getAnswer: null,
  listensAt: null,
  proxyLineAnswer: null,
  getServer: null,
  ping: null,
  http2: null,
};

export function phase(name: Phase['name'], durationMs: number, rest: Partial<Phase> = {}): Phase {
  return { name, status: 'ok', startMs: 0, durationMs, detail: {}, budget: null, ...rest };
}

/** An HTTP answer; a body that is no HTML unless it looks like it. */
export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): ResponseInfo {
  return {
    httpVersion: '1.1',
    status,
    reason: reasons[status] ?? '',
    headers: Object.entries(headers),
    body: { text: body, bytes: body.length, truncated: false },
  };
}

const reasons: Readonly<Record<number, string>> = {
  101: 'Switching Protocols',
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** A probe that ended in an HTTP answer other than 101. */
export function refusedWith(response: ResponseInfo, parts: EvidenceParts = {}): Evidence {
  return evidenceOf({
    failure: { phase: 'upgrade', kind: 'status', code: String(response.status) },
    ...parts,
    response,
  });
}

/** A probe that the server closed `afterMs` after the opening handshake. */
export function closedWith(code: number, reason = '', parts: EvidenceParts = {}, afterMs = 12): Evidence {
  const close = { code, reason, initiator: 'server' as const, clean: true, evidence: '' };
  return evidenceOf({
    failure: { phase: 'message', kind: 'closed', code: String(code) },
    ...parts,
    stream: { closeReceived: { code, reason, atMs: 5 + afterMs }, openForMs: afterMs, ...parts.stream },
    report: { response: answer(101), close, ...parts.report },
  });
}

export function certificate(parts: Partial<Certificate> = {}): Certificate {
  return {
    subject: 'CN=example.test',
    issuer: 'CN=Example CA',
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2027-01-01T00:00:00.000Z',
    daysLeft: 42,
    altNames: ['DNS:example.test'],
    fingerprint256: 'AA:BB',
    ...parts,
  };
}

export function tlsWith(chain: readonly Certificate[], authorizationError: string | null = null): TlsInfo {
  return {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'http/1.1',
    authorized: authorizationError === null,
    authorizationError,
    chain,
  };
}

/** A probe that refused the certificate. */
export function certificateRefused(code: string, chain: readonly Certificate[], parts: EvidenceParts = {}): Evidence {
  return evidenceOf({
    url: 'wss://example.test/chat',
    failure: { phase: 'tls', kind: 'certificate', code },
    ...parts,
    report: { tls: tlsWith(chain, code) },
  });
}

export function frameRecord(parts: Partial<FrameRecord>): FrameRecord {
  return {
    index: 0,
    atMs: 6,
    direction: 'received',
    opcode: 1,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: false,
    wireBytes: 2,
    payloadBytes: 0,
    truncated: false,
    ...parts,
  };
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
