import assert from 'node:assert/strict';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import type { PhaseName } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { planFor } from '../../support/plan.js';
import { startProxy } from '../../support/proxyServer.js';

describe('a probe cancelled in the moment a phase begins', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const cancelAt = async (phase: PhaseName, plan: ProbePlan) => {
    const abort = new AbortController();
    const report = await runProbe(plan, {
      signal: abort.signal,
      onProgress: ({ running }) => {
        if (running === phase) abort.abort();
      },
    });
    assert.equal(report.error?.code, 'cancelled');
    for (let turn = 0; playground.openSockets > 0 && turn < 2_000; turn++) await new Promise(setImmediate);
    assert.equal(playground.openSockets, 0);
  };

  for (const http of ['1.1', '2'] as const) {
    for (const secure of [true, false]) {
      for (const phase of ['tcp', ...(secure ? ['tls' as const] : []), 'upgrade'] as const) {
        it(`${phase} of ${secure ? 'wss' : 'ws'} over HTTP/${http} leaves no socket, and breaks nothing`, async () => {
          const { http2, tls, ws } = playground;
          const door = http === '2' ? (secure ? http2.h2 : http2.h2c) : secure ? tls.good : ws;
          await cancelAt(phase, planFor(`${door}/echo`, { http, tls: { ca: [playground.caPem] } }));
        });
      }
    }
  }

  for (const kind of ['http', 'https', 'socks4', 'socks5'] as const) {
    it(`leaves no socket with a proxy: ${kind}`, async () => {
      for (const phase of ['proxy', 'tls', 'upgrade'] as const) {
        const proxy = await startProxy({ kind });
        const tls = { ca: [playground.caPem] };
        const plan = { proxyChoice: 'named', proxy: proxy.route(), tls, http: 'auto' } as const;
        await cancelAt(phase, planFor(`${playground.http2.h2}/echo`, plan));
        await proxy.idle();
        await proxy.stop();
      }
    });
  }
});
