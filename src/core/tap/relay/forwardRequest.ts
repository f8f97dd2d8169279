import { type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import { createClock } from '../../base/clock.js';
import type { ProbePlan } from '../../base/plan.js';
import { handshakeRequestOf } from '../../transport/handshakeRequest.js';
import { systemNetwork } from '../../transport/network.js';
import { PhaseRecorder } from '../../transport/phaseRecorder.js';
import { loadTlsContexts } from '../../transport/tlsMaterial.js';
import { Way } from '../../transport/way.js';
import { clientRequestOf, passedOn, planForClient } from './clientHandshake.js';

const HTTP1 = ['http/1.1'];

/**
 * Passes a request on that is no opening handshake (a page, the polling of Socket.IO) and its answer back. The way is a WebSocket's:
 * the same guard, proxy and authorities.
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  base: ProbePlan,
  removed: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const asked = clientRequestOf(request);
  const plan = planForClient(base, asked, { removed, plain: true });
  const target = handshakeRequestOf(plan);
  const clock = createClock();
  const recorder = new PhaseRecorder(['dns', 'tcp', 'proxy', 'tls'], clock, () => {});
  const way = new Way(plan, target, { clock, recorder, network: systemNetwork, signal, room: undefined });
  const contexts = await loadTlsContexts(plan, signal);
  const led = contexts.ok ? await way.lead(contexts.value, HTTP1) : contexts;
  if (!led.ok) {
    const status = led.failure.kind === 'timeout' ? 504 : 502;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${led.failure.message}\n`);
    return;
  }
  const stream = led.value;
  const body = Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined;
  const passed = ask({
    createConnection: () => stream,
    method: request.method,
    path: new URL(plan.url).pathname + new URL(plan.url).search,
    headers: { ...target.headers, connection: 'close' },
    setHost: false,
  });
  await new Promise<void>((resolve) => {
    const end = () => {
      stream.destroy();
      resolve();
    };
    response.once('close', end);
    passed.once('error', (error) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`);
    });
    passed.once('response', (answer) => {
      const headers = passedOn(pairs(answer.rawHeaders)).flat();
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
      answer.pipe(response);
    });
    if (body) request.pipe(passed);
    else passed.end();
  });
}

function pairs(raw: readonly string[]): readonly [string, string][] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as [string, string]] : []));
}
