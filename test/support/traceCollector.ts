import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AnyValue, Attribute, ExportTraceRequest, Span } from '../../src/core/watch/otlp/protocol.js';
import { listenHttp } from './listen.js';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A collector that takes traces as opentelemetry-proto says they are, and keeps them. */
export class TraceCollector {
  readonly received: Received[] = [];
  port = 0;
  /** How it answers; by default it takes everything. */
  answer: (response: ServerResponse) => void = (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"partialSuccess":{}}');
  };

  static async start(cleanups: (() => Promise<unknown>)[]): Promise<TraceCollector> {
    const collector = new TraceCollector();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { headers, method, url = '' } = request;
        assert.equal(method, 'POST');
        collector.received.push({ path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
        collector.answer(response);
      });
    });
    collector.port = await listenHttp(server, cleanups);
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The spans of each request, every field of them checked. */
  get traces(): readonly (readonly Span[])[] {
    return this.received.map(({ body, headers, path }) => {
      assert.equal(path, '/v1/traces');
      assert.equal(headers['content-type'], 'application/json');
      return checkTrace(JSON.parse(body) as ExportTraceRequest);
    });
  }
}

const NANOS = /^(0|[1-9]\d{0,19})$/;
const SPAN_KEYS = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'status',
];

/** Holds a request against the protocol: ids, times, kinds, values, one root, no orphan, nobody outlives its parent. */
export function checkTrace(request: ExportTraceRequest): readonly Span[] {
  assert.deepEqual(Object.keys(request), ['resourceSpans']);
  assert.equal(request.resourceSpans.length, 1);
  const [resourceSpans] = request.resourceSpans;
  assert.ok(resourceSpans);
  const { resource, scopeSpans } = resourceSpans;
  assert.deepEqual(Object.keys(resourceSpans), ['resource', 'scopeSpans']);
  checkAttributes(resource.attributes);
  assert.equal(valueOf(resource.attributes, 'service.name'), 'wsprobe');
  assert.equal(scopeSpans.length, 1);
  assert.equal(scopeSpans[0]?.scope.name, 'wsprobe');
  const spans = scopeSpans[0].spans;
  for (const span of spans) checkSpan(span);
  const ids = new Map(spans.map((span) => [span.spanId, span]));
  assert.equal(ids.size, spans.length, 'every span has an id of its own');
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
  const [root, ...others] = spans;
  assert.ok(root);
  for (const span of others) {
    const parent = ids.get(span.parentSpanId);
    assert.ok(parent, `${span.name} has a parent`);
    assert.ok(BigInt(parent.startTimeUnixNano) <= BigInt(span.startTimeUnixNano), `${span.name} begins in its parent`);
    assert.ok(BigInt(parent.endTimeUnixNano) >= BigInt(span.endTimeUnixNano), `${span.name} ends in its parent`);
  }
  return spans;
}

function checkSpan(span: Span): void {
  assert.deepEqual(Object.keys(span), SPAN_KEYS);
  assert.match(span.traceId, /^(?!0{32})[\da-f]{32}$/);
  assert.match(span.spanId, /^(?!0{16})[\da-f]{16}$/);
  assert.match(span.parentSpanId, /^([\da-f]{16})?$/);
  assert.notEqual(span.name, '');
  assert.ok(Number.isInteger(span.kind) && span.kind >= 1 && span.kind <= 5);
  for (const time of [span.startTimeUnixNano, span.endTimeUnixNano]) {
    assert.equal(typeof time, 'string');
    assert.match(time, NANOS);
  }
  assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano));
  assert.ok([0, 1, 2].includes(span.status.code));
  if (span.status.code !== 2) assert.equal(span.status.message, undefined, 'a message belongs to an error alone');
  checkAttributes(span.attributes);
}

function checkAttributes(attributes: readonly Attribute[]): void {
  const keys = attributes.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, 'keys are unique');
  for (const { key, value } of attributes) {
    assert.match(key, /^[a-z][a-z\d_]*(\.[a-z][a-z\d_]*)*$/);
    checkValue(value);
  }
}

function checkValue(value: AnyValue): void {
  assert.equal(Object.keys(value).length, 1);
  if ('stringValue' in value) assert.equal(typeof value.stringValue, 'string');
  else if ('boolValue' in value) assert.equal(typeof value.boolValue, 'boolean');
  else if ('intValue' in value) assert.match(value.intValue, /^-?\d{1,19}$/);
  else if ('doubleValue' in value) assert.ok(Number.isFinite(value.doubleValue));
  else for (const item of value.arrayValue.values) checkValue(item);
}

/** What an attribute holds, as plain as it was. */
export function valueOf(attributes: readonly Attribute[], key: string): unknown {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value === undefined ? undefined : plain(value);
}

function plain(value: AnyValue): unknown {
  if ('intValue' in value) return Number(value.intValue);
  if ('arrayValue' in value) return value.arrayValue.values.map(plain);
  return Object.values(value)[0];
}
