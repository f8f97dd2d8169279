import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { type Phase, REPORT_SCHEMA, type Report } from '../../../src/core/base/model.js';
import { frameRecord } from '../../support/reports.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../media/schemas/report.schema.json', import.meta.url), 'utf8'),
) as object;

function phase(name: Phase['name'], more: Partial<Phase> = {}): Phase {
  return { name, status: 'ok', startMs: 0, durationMs: 1.21, detail: {}, budget: null, ...more };
}

const FRAME = frameRecord(0, 'sent', 1, { atMs: 12.345, wireBytes: 8, payloadBytes: 2 });

const FULL: Report = {
  schema: REPORT_SCHEMA,
  name: 'Orders',
  url: 'wss://h/ws',
  startedAt: '2026-11-20T12:00:00.000Z',
  durationMs: 84.2,
  verdict: 'degraded',
  vantage: { host: 'here', remote: null },
  phases: [
    phase('dns', { detail: { addresses: ['127.0.0.1'] } }),
    phase('tcp'),
    phase('tls', { status: 'skipped' }),
    phase('upgrade', { status: 'degraded', budget: { degradedMs: 1, downMs: null } }),
    phase('message', { status: 'failed', budget: { degradedMs: 200, downMs: 5000 } }),
    phase('close', { status: 'not-reached' }),
  ],
  attempts: [{ address: '::1', family: 6, port: 443, startMs: 1.3, durationMs: 20.1, error: 'ECONNREFUSED' }],
  tls: {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: null,
    authorized: false,
    authorizationError: 'CERT_HAS_EXPIRED',
    chain: [
      {
        subject: 'CN=h',
        issuer: 'CN=ca',
        validFrom: '2026-01-01T00:00:00.000Z',
        validTo: '2026-02-01T00:00:00.000Z',
        daysLeft: -3,
        altNames: ['h'],
        fingerprint256: 'AA:BB',
      },
    ],
  },
  proxy: {
    url: 'http://p:3128',
    kind: 'http',
    source: 'HTTPS_PROXY',
    status: 200,
    reason: 'Connection established',
    headers: [['Via', 'p']],
    request: { httpVersion: '1.1', method: 'CONNECT', target: 'h:443', headers: [['Host', 'h:443']] },
    body: null,
    tls: null,
  },
  request: { httpVersion: '1.1', method: 'GET', target: '/ws', headers: [['Host', 'h']] },
  response: {
    httpVersion: '1.1',
    status: 101,
    reason: 'Switching Protocols',
    headers: [['Upgrade', 'websocket']],
    body: { text: '', bytes: 0, truncated: false },
  },
  accept: { expected: 'a', received: null, valid: false },
  subprotocol: { offered: ['a'], selected: null },
  compression: { offered: 'permessage-deflate', accepted: null, enabled: false },
  roundTrips: { mode: 'echo', samplesMs: [2.1], minMs: 2.1, p50Ms: 2.1, p95Ms: 2.1, p99Ms: 2.1, maxMs: 2.1 },
  close: { code: 1006, reason: '', initiator: 'network', clean: false, evidence: 'RST' },
  expectations: [{ name: 'status is 101', passed: true, expected: '101', actual: '101' }],
  steps: [{ name: 'a', kind: 'send', status: 'ok', startMs: 61, durationMs: 0.2, error: null }],
  findings: [
    {
      id: 'upgrade.not-websocket',
      layer: 'application',
      severity: 'error',
      title: 't',
      explanation: 'e',
      evidence: ['x'],
      fixes: [{ title: 'nginx', language: 'nginx', snippet: 's' }],
    },
  ],
  frames: [
    { ...FRAME, text: 'hi' },
    {
      ...FRAME,
      index: 1,
      direction: 'received',
      opcode: 2,
      base64: 'AAE=',
      inflated: { text: 'hi', bytes: 2, truncated: false },
    },
  ],
  error: { code: 'ECONNREFUSED', message: 'm', phase: 'tcp' },
};

/** What a probe that never connected has to say. */
const EMPTY: Report = {
  ...FULL,
  verdict: 'down',
  phases: [phase('dns', { status: 'failed' }), phase('tcp', { status: 'not-reached' })],
  attempts: [],
  tls: null,
  proxy: null,
  request: null,
  response: null,
  accept: null,
  roundTrips: null,
  close: null,
  expectations: [],
  steps: [],
  findings: [],
  frames: [],
};

describe('report schema', () => {
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    allowUnionTypes: true,
  });
  addFormats.default(ajv);
  const judge = ajv.compile(schema);

  for (const [name, report] of Object.entries({ full: FULL, empty: EMPTY, healthy: { ...FULL, error: null } })) {
    it(`takes a ${name} report`, () => assert.ok(judge(report), JSON.stringify(judge.errors)));
  }

  it('refuses a missing and an unknown key at every level', () => {
    for (const path of objectPaths(FULL)) {
      const more = structuredClone(FULL);
      at(more, path)['unknownKey'] = 1;
      assert.equal(judge(more), path.at(-1) === 'detail', `unknown key in ${path.join('.')}`);
      for (const key of Object.keys(at(FULL, path))) {
        const less = structuredClone(FULL);
        delete at(less, path)[key];
        const optional = path.at(-1) === 'detail' || key === 'inflated';
        assert.equal(judge(less), optional, `${[...path, key].join('.')} left out`);
      }
    }
  });

  it('wants exactly one payload in a frame', () => {
    const frames = [{ ...FRAME }, { ...FRAME, text: 'a', base64: 'AA==' }, { ...FRAME, base64: 'no base64!' }];
    for (const frame of frames) assert.equal(judge({ ...FULL, frames: [frame] }), false);
  });
});

type Path = readonly (string | number)[];

function* objectPaths(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield path;
  for (const [key, inner] of Object.entries(value)) yield* objectPaths(inner, [...path, key]);
}

function at(root: object, path: Path): Record<string, unknown> {
  return path.reduce<Record<string, unknown>>(
    (node, key) => node[key] as Record<string, unknown>,
    root as Record<string, unknown>,
  );
}
