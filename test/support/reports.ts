import type { Budget, FrameRecord, Phase, PhaseName, PhaseStatus, Report } from '../../src/core/base/model.js';

export const STARTED_AT = '2026-11-20T12:00:00.000Z';
export const UPGRADE_BUDGET: Budget = { degradedMs: 1000, downMs: null };
export const MESSAGE_BUDGET: Budget = { degradedMs: 200, downMs: 5000 };

/** One row of the phases. */
export function phase(
  name: PhaseName,
  status: PhaseStatus,
  startMs: number,
  durationMs: number,
  more: Partial<Phase> = {},
): Phase {
  return { name, status, startMs, durationMs, detail: {}, budget: null, ...more };
}

/** Phases that an earlier failure kept from beginning. */
export function unreached(...names: readonly PhaseName[]): Phase[] {
  return names.map((name) => phase(name, 'not-reached', 0, 0));
}

/** A whole frame with nothing special about it but what `changes` say; masked where it was sent. */
export function frameRecord(
  index: number,
  direction: FrameRecord['direction'],
  opcode: number,
  changes: Partial<FrameRecord> = {},
): FrameRecord {
  return {
    index,
    atMs: 75 + index,
    direction,
    opcode,
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    masked: direction === 'sent',
    wireBytes: 6 + (changes.payloadBytes ?? 0),
    payloadBytes: 0,
    truncated: false,
    ...changes,
  };
}

/** A frame of text at a time, its sizes as on the wire. */
export function frame(
  index: number,
  atMs: number,
  direction: FrameRecord['direction'],
  opcode: number,
  text: string,
): FrameRecord {
  const payloadBytes = Buffer.byteLength(text);
  const wireBytes = payloadBytes + (payloadBytes > 125 ? 4 : 2) + (direction === 'sent' ? 4 : 0);
  return frameRecord(index, direction, opcode, { atMs, wireBytes, payloadBytes, text });
}

/** The same of bytes. */
export function binaryFrame(
  index: number,
  atMs: number,
  direction: FrameRecord['direction'],
  opcode: number,
  hex: string,
): FrameRecord {
  const bytes = Buffer.from(hex, 'hex');
  const wireBytes = bytes.length + (direction === 'sent' ? 6 : 2);
  const base64 = bytes.toString('base64');
  return frameRecord(index, direction, opcode, { atMs, wireBytes, payloadBytes: bytes.length, base64 });
}

/** A probe of a healthy server, but for what `changes` say. */
export function report(changes: Partial<Report>): Report {
  return {
    schema: 'wsprobe.report/1',
    name: 'wss://orders.example.com/orders',
    url: 'wss://orders.example.com/orders',
    startedAt: STARTED_AT,
    durationMs: 84.213,
    verdict: 'healthy',
    vantage: { host: 'build-7', remote: null },
    phases: [],
    attempts: [{ address: '203.0.113.7', family: 4, port: 443, startMs: 1.3, durationMs: 11.4, error: null }],
    tls: null,
    proxy: null,
    request: {
      httpVersion: '1.1',
      method: 'GET',
      target: '/orders',
      headers: [
        ['Host', 'orders.example.com'],
        ['Upgrade', 'websocket'],
        ['Connection', 'Upgrade'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['Sec-WebSocket-Version', '13'],
        ['Authorization', 'Bearer [redacted]'],
      ],
    },
    response: {
      httpVersion: '1.1',
      status: 101,
      reason: 'Switching Protocols',
      headers: [
        ['Server', 'nginx/1.22.1'],
        ['upgrade', 'websocket'],
        ['Connection', 'upgrade'],
        ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ],
      body: { text: '', bytes: 0, truncated: false },
    },
    accept: { expected: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', received: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', valid: true },
    subprotocol: { offered: [], selected: null },
    compression: {
      offered: 'permessage-deflate; client_max_window_bits',
      accepted: 'permessage-deflate',
      enabled: true,
    },
    roundTrips: null,
    close: { code: 1000, reason: '', initiator: 'client', clean: true, evidence: '' },
    expectations: [{ name: 'stays open 250 ms', passed: true, expected: 'open', actual: 'open' }],
    steps: [],
    findings: [],
    frames: [],
    error: null,
    ...changes,
  };
}
