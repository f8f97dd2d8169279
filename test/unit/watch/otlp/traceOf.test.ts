import assert from 'node:assert/strict';
import { traced } from '../../../../src/core/watch/otlp/traceContext.js';
import { traceOf } from '../../../../src/core/watch/otlp/traceOf.js';
import { planFor } from '../../../support/plan.js';
import { checkTrace, valueOf } from '../../../support/traceCollector.js';
import { FIXTURES, healthyEcho, http2ThroughProxy } from '../../cli/fixtures.js';

const OPTIONS = { version: '1.2.3', redact: (text: string) => text.replaceAll('orders', '***') };

describe('a report as a trace', () => {
  const { context } = traced(planFor('ws://h/'));

  it('is one that a collector takes, with a span for each phase that ran', () => {
    for (const report of Object.values(FIXTURES)) {
      const spans = checkTrace(JSON.parse(JSON.stringify(traceOf(report, context, OPTIONS))));
      const ran = report.phases.filter(({ status }) => status !== 'skipped' && status !== 'not-reached');
      const phases = spans.flatMap(({ attributes }) => valueOf(attributes, 'wsprobe.phase') ?? []);
      assert.deepEqual(
        phases,
        ran.map(({ name }) => name),
      );
      const failed = spans.filter(({ attributes }) => valueOf(attributes, 'wsprobe.phase.status') === 'failed');
      for (const { attributes, status } of failed) {
        assert.equal(status.code, 2);
        assert.equal(typeof valueOf(attributes, 'error.type'), 'string');
      }
    }
  });

  it('counts its times from the beginning of the probe, to the nanosecond', () => {
    const [root, ...spans] = checkTrace(traceOf(healthyEcho, context, OPTIONS));
    const began = BigInt(Date.parse(healthyEcho.startedAt)) * 1_000_000n;
    assert.equal(root?.startTimeUnixNano, String(began));
    const upgrade = healthyEcho.phases.find(({ name }) => name === 'upgrade');
    const span = spans.find(({ attributes }) => valueOf(attributes, 'wsprobe.phase') === 'upgrade');
    assert.ok(upgrade && span);
    assert.equal(span.startTimeUnixNano, String(began + BigInt(Math.round(upgrade.startMs * 1e6))));
    assert.equal(
      BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
      BigInt(Math.round(upgrade.durationMs * 1e6)),
    );
  });

  it('has the names of the conventions for TLS, DNS and HTTP/2', () => {
    const spans = checkTrace(traceOf(healthyEcho, context, OPTIONS));
    const named = (name: string) => spans.find((span) => span.name === name)?.attributes ?? [];
    assert.equal(valueOf(named('tls'), 'tls.protocol.version'), '1.3');
    assert.equal(valueOf(named('dns'), 'dns.question.name'), '***.example.com');
    const overHttp2 = checkTrace(traceOf(http2ThroughProxy, context, OPTIONS));
    const connect = overHttp2.find(({ attributes }) => valueOf(attributes, 'wsprobe.phase') === 'upgrade');
    assert.deepEqual([connect?.name, connect?.kind], ['CONNECT', 3]);
    assert.equal(valueOf(connect?.attributes ?? [], 'network.protocol.version'), '2');
  });
});
