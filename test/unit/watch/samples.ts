import * as fc from 'fast-check';
import type { Verdict } from '../../../src/core/base/model.js';
import { pauseSample, SAMPLE_SCHEMA, type Sample } from '../../../src/core/base/sample.js';

export const SUBJECT = { target: 'ws://h/', profile: 'orders.wsprobe' };
export const AT = '2026-11-20T12:00:00.000Z';

/** A healthy probe, but for what is said. */
export function sample(changes: Partial<Sample> = {}): Sample {
  return {
    ...pauseSample(SUBJECT, AT, 0),
    schema: SAMPLE_SCHEMA,
    kind: 'probe',
    verdict: 'healthy',
    phases: { tcp: 1, upgrade: 2 },
    roundTripMs: 3,
    status: 101,
    closeCode: 1000,
    clean: true,
    address: '127.0.0.1',
    connected: true,
    ...changes,
  };
}

export const verdicts = fc.constantFrom<Verdict>('healthy', 'degraded', 'down');

/** Samples of every kind, at any time within an hour. */
export const samples = fc
  .record({
    kind: fc.constantFrom<Sample['kind']>('probe', 'hold', 'pause'),
    atS: fc.integer({ min: 0, max: 3_600 }),
    verdict: verdicts,
    upgrade: fc.double({ min: 0, max: 5_000, noNaN: true }),
    roundTripMs: fc.option(fc.double({ min: 0, max: 5_000, noNaN: true })),
    closeCode: fc.option(fc.constantFrom(1000, 1001, 1006, 1011, 4401)),
    finding: fc.option(fc.constantFrom('close.dropped', 'tcp.refused')),
    drops: fc.nat(3),
    beats: fc.nat(5),
  })
  .map(({ kind, atS, verdict, upgrade, roundTripMs, closeCode, finding, drops, beats }): Sample => {
    const at = new Date(Date.parse(AT) + atS * 1000).toISOString();
    if (kind === 'pause') return pauseSample(SUBJECT, at, atS);
    const seen = { kind, at, verdict, phases: { upgrade }, roundTripMs, closeCode, clean: closeCode !== 1006, finding };
    const held = {
      heldMs: atS,
      heartbeats: { sent: beats, answered: beats },
      drops,
      reconnects: drops,
      returns: { count: drops, atFirstTry: Math.min(1, drops) },
      sequence: { numbered: beats, lost: drops, repeated: 0, unknown: 0 },
    };
    return sample({ ...seen, connected: verdict !== 'down', ...(kind === 'hold' ? held : {}) });
  });
