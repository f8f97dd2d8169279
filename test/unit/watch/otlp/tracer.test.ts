import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import type { ProbePlan } from '../../../../src/core/base/plan.js';
import { tracesUrl } from '../../../../src/core/watch/otlp/collector.js';
import type { Span } from '../../../../src/core/watch/otlp/protocol.js';
import { parseTraceparent, traced } from '../../../../src/core/watch/otlp/traceContext.js';
import { Tracer, type TracerOptions } from '../../../../src/core/watch/otlp/tracer.js';
import { planFor } from '../../../support/plan.js';
import { TraceCollector, valueOf } from '../../../support/traceCollector.js';
import { UpgradeServer, type Visit } from '../../../support/upgradeServer.js';

describe('traces of probes', () => {
  const ending: (() => Promise<unknown>)[] = [];
  const troubles: string[] = [];
  let collector: TraceCollector;
  beforeEach(async () => {
    troubles.length = 0;
    collector = await TraceCollector.start(ending);
  });
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  function tracer(url = collector.url, more: Partial<TracerOptions> = {}): Tracer {
    const traces = tracesUrl(url);
    assert.ok(typeof traces === 'object', url);
    return new Tracer({ url: traces, version: '1.2.3', onTrouble: (sentence) => troubles.push(sentence), ...more });
  }

  async function echo(onVisit?: (visit: Visit) => void): Promise<UpgradeServer> {
    const server = await UpgradeServer.start(
      onVisit ??
        ((visit) =>
          void visit.accept().then((socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))),
    );
    ending.push(() => server.stop());
    return server;
  }

  /** The one trace of one probe. */
  async function traceOf(plan: ProbePlan): Promise<readonly Span[]> {
    const made = tracer();
    await made.probe(plan);
    await made.end();
    assert.deepEqual(troubles, []);
    const [trace, ...others] = collector.traces;
    assert.ok(trace);
    assert.equal(others.length, 0);
    return trace;
  }

  const named = (trace: readonly Span[], name: string): Span => {
    const found = trace.find((span) => span.name === name);
    assert.ok(found, `${name} in ${trace.map((span) => span.name).join(', ')}`);
    return found;
  };

  it('a healthy probe: a root, a span a phase, the upgrade as HTTP, and the server may join it', async () => {
    const server = await echo();
    const startedAt = Date.now();
    const trace = await traceOf(
      planFor(server.url('/orders?token=hunter2'), {
        name: 'Orders',
        message: { send: 'top secret payload', expect: 'echo', samples: 2 },
      }),
    );
    const [root] = trace;
    assert.ok(root);
    assert.equal(root.name, 'wsprobe probe');
    assert.equal(root.parentSpanId, '');
    assert.deepEqual(root.status, { code: 1 });
    const beganMs = Number(BigInt(root.startTimeUnixNano) / 1_000_000n);
    assert.ok(beganMs >= startedAt - 1 && beganMs <= Date.now());
    assert.equal(valueOf(root.attributes, 'wsprobe.verdict'), 'healthy');
    assert.equal(valueOf(root.attributes, 'wsprobe.profile'), 'Orders');
    assert.equal(valueOf(root.attributes, 'url.full'), server.url('/orders'));
    assert.equal(valueOf(root.attributes, 'server.address'), '127.0.0.1');
    assert.equal(valueOf(root.attributes, 'server.port'), server.port);
    assert.equal(valueOf(root.attributes, 'error.type'), undefined);
    const upgrade = named(trace, 'GET');
    assert.equal(upgrade.kind, 3);
    assert.equal(valueOf(upgrade.attributes, 'http.request.method'), 'GET');
    assert.equal(valueOf(upgrade.attributes, 'http.response.status_code'), 101);
    assert.equal(valueOf(upgrade.attributes, 'network.protocol.name'), 'http');
    assert.equal(valueOf(upgrade.attributes, 'network.protocol.version'), '1.1');
    assert.equal(valueOf(upgrade.attributes, 'network.peer.address'), '127.0.0.1');
    assert.equal(valueOf(named(trace, 'message').attributes, 'wsprobe.round_trips'), 2);
    assert.equal(valueOf(named(trace, 'close').attributes, 'wsprobe.close.code'), 1000);
    assert.equal(server.asked[0]?.headers['traceparent'], `00-${root.traceId}-${upgrade.spanId}-01`);
    assert.doesNotMatch(collector.received[0]?.body ?? '', /hunter2|token|secret payload/);
  });

  it('a refused upgrade is an error with the status as its type', async () => {
    const server = await echo((visit) => visit.refuse(503));
    const trace = await traceOf(planFor(server.url()));
    const [root] = trace;
    assert.equal(root?.status.code, 2);
    assert.match(root.status.message ?? '', /^upgrade: /);
    const upgrade = named(trace, 'GET');
    assert.equal(upgrade.status.code, 2);
    assert.equal(valueOf(upgrade.attributes, 'error.type'), '503');
    assert.equal(valueOf(upgrade.attributes, 'http.response.status_code'), 503);
    assert.ok((valueOf(root.attributes, 'wsprobe.findings') as string[]).length > 0);
  });

  it('where nothing connects there are no spans of phases that were not reached', async () => {
    const trace = await traceOf(planFor('ws://127.0.0.1:1/'));
    assert.deepEqual(
      trace.map(({ name, status }) => [name, status.code]),
      [
        ['wsprobe probe', 2],
        ['tcp', 2],
      ],
    );
    assert.equal(valueOf(named(trace, 'tcp').attributes, 'error.type'), 'ECONNREFUSED');
  });

  it('has a span a step, with nothing of what was said or expected', async () => {
    const server = await echo();
    const trace = await traceOf(
      planFor(server.url(), {
        secrets: ['hunter2'],
        name: 'of hunter2',
        steps: [
          { send: 'alpha-payload', name: 'alpha-name' },
          { expect: { equals: 'alpha-payload' } },
          { send: 'beta-payload' },
          { expect: { equals: 'gamma-payload' }, withinMs: 50, strict: true },
          { ping: {} },
        ],
      }),
    );
    const steps = trace.filter(({ name }) => name.startsWith('step '));
    assert.deepEqual(
      steps.map(({ attributes, name, status }) => [name, valueOf(attributes, 'wsprobe.step.number'), status.code]),
      [
        ['step send', 1, 0],
        ['step expect', 2, 0],
        ['step send', 3, 0],
        ['step expect', 4, 2],
      ],
    );
    assert.doesNotMatch(collector.received[0]?.body ?? '', /alpha|beta|gamma|hunter2/);
  });

  it('clients have spans of their own, each with its upgrade', async () => {
    const server = await echo();
    const client = (name: string) => ({ name, plan: planFor(server.url(`/${name}`)) });
    const trace = await traceOf(
      planFor(server.url(), {
        clients: [client('alice'), client('bob')],
        steps: [
          { client: 'alice', send: 'hi' },
          { client: 'bob', ping: {} },
        ],
      }),
    );
    const clients = trace.filter(({ name }) => name === 'wsprobe client');
    assert.deepEqual(
      clients.map(({ attributes }) => valueOf(attributes, 'wsprobe.client')),
      ['alice', 'bob'],
    );
    const upgrades = trace.filter(({ name }) => name === 'GET');
    assert.deepEqual(
      upgrades.map(({ parentSpanId }) => parentSpanId),
      clients.map(({ spanId }) => spanId),
    );
    assert.deepEqual(
      server.asked.map(({ headers }) => headers['traceparent']),
      upgrades.map(({ spanId, traceId }) => `00-${traceId}-${spanId}-01`),
    );
    const ping = named(trace, 'step ping');
    assert.equal(ping.parentSpanId, clients[1]?.spanId);
  });

  it("joins the trace of the profile's own traceparent, and leaves the header as it is", async () => {
    const server = await echo();
    const own = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`;
    const [root] = await traceOf(planFor(server.url(), { headers: [['TraceParent', own]] }));
    assert.equal(root?.traceId, 'ab'.repeat(16));
    assert.equal(root.parentSpanId, 'cd'.repeat(8));
    assert.equal(server.asked[0]?.headers['traceparent'], own);
  });

  it('a traceparent of ours is one that can be read', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parent = parseTraceparent(text);
        assert.ok(parent === null || /^[\da-f]{32}-[\da-f]{16}$/.test(`${parent.traceId}-${parent.parentId}`));
      }),
    );
    const { context, plan } = traced(planFor('ws://h/'));
    const header = plan.headers.find(([name]) => name === 'traceparent')?.[1] ?? '';
    assert.deepEqual(parseTraceparent(header), {
      traceId: context.traceId,
      parentId: context.upgradeIds.get(null),
    });
    for (const text of [
      '',
      `00-${'0'.repeat(32)}-${'cd'.repeat(8)}-01`,
      `00-${'ab'.repeat(16)}-${'0'.repeat(16)}-01`,
      `ff-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`,
    ])
      assert.equal(parseTraceparent(text), null, text);
  });

  describe('what cannot be delivered is told, and changes nothing of the probe', () => {
    async function probed(made: Tracer, times = 1): Promise<void> {
      const server = await echo();
      for (let turn = 0; turn < times; turn++)
        assert.equal((await made.probe(planFor(server.url()))).verdict, 'healthy');
      await made.end();
    }

    it('nobody listens', async () => {
      await probed(tracer('http://127.0.0.1:1/otlp?key=hunter2'), 3);
      assert.deepEqual(troubles, [
        'A trace could not be delivered to http://127.0.0.1:1/otlp/v1/traces: ECONNREFUSED.',
        '3 traces were not delivered.',
      ]);
    });

    it('it refuses, or takes a part', async () => {
      collector.answer = (response) => response.writeHead(400).end('{"code":3,"message":"bad \\u001b[31m ids"}');
      await probed(tracer());
      assert.match(troubles[0] ?? '', /: it answered 400 \(bad \[31m ids\)\.$/);
      troubles.length = 0;
      collector.answer = (response) =>
        response.end('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}');
      await probed(tracer());
      assert.match(troubles[0] ?? '', /: it rejected 2 spans \(too old\)\.$/);
    });

    it('it sends us elsewhere: nobody goes there', async () => {
      const other = await TraceCollector.start(ending);
      collector.answer = (response) => response.writeHead(307, { Location: `${other.url}/v1/traces` }).end();
      await probed(tracer());
      assert.match(troubles[0] ?? '', /: it answered 307\.$/);
      assert.equal(other.received.length, 0);
    });

    it('it never answers, or without end', async () => {
      collector.answer = () => {};
      await probed(tracer(undefined, { timeoutMs: 50 }));
      assert.match(troubles[0] ?? '', /: no answer within 50 ms\.$/);
      troubles.length = 0;
      collector.answer = (response) => response.write('x'.repeat(100_000));
      await probed(tracer());
      assert.match(troubles[0] ?? '', /: its answer is longer than 64 KiB\.$/);
    });

    it('it speaks no HTTP', async () => {
      const server = createServer((socket) => socket.end('220 mail\r\n'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      ending.push(async () => server.close());
      await probed(tracer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
      assert.match(troubles[0] ?? '', /: [A-Z_]+\.$/);
    });

    it('it is at an address that is guarded, however that is written', async () => {
      for (const host of ['169.254.169.254', '2852039166', '[::ffff:169.254.169.254]', 'metadata.google.internal']) {
        troubles.length = 0;
        await probed(tracer(`http://${host}/`));
        assert.match(troubles[0] ?? '', /: link-local and cloud metadata addresses are refused\.$/, host);
      }
    });
  });

  it('the address of a collector: its own path for traces, no credentials, nothing but HTTP', () => {
    const href = (text: string) => {
      const url = tracesUrl(text);
      return typeof url === 'string' ? url : url.href;
    };
    assert.equal(href('http://h:4318'), 'http://h:4318/v1/traces');
    assert.equal(href('https://h/otlp/'), 'https://h/otlp/v1/traces');
    assert.equal(href('https://h/v1/traces'), 'https://h/v1/traces');
    assert.match(href('grpc://h:4317'), /must start with http/);
    assert.match(href('h'), /is no address/);
    assert.match(href('http://u:p@h'), /no user or password/);
  });
});
