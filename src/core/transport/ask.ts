import type { Duplex } from 'node:stream';
import { createClock } from '../base/clock.js';
import type { ProbePlan } from '../base/plan.js';
import { BodyReader } from '../handshake/bodyReader.js';
import type { ResponseHead } from '../handshake/handshake.js';
import { ResponseHeadReader } from '../handshake/responseHeadReader.js';
import { handshakeRequestOf } from './handshakeRequest.js';
import type { Network } from './network.js';
import { errorCode, failed, type Outcome, success, wait } from './outcome.js';
import { phaseNamesOf } from './phaseNames.js';
import { PhaseRecorder } from './phaseRecorder.js';
import { loadTlsContexts } from './tlsMaterial.js';
import { Way } from './way.js';
import { MAX_HEADER_BYTES } from './webSocketOptions.js';

const MAX_BODY_BYTES = 65_536;

export interface Answer {
  readonly head: ResponseHead;
  /** Its first 64 KiB. */
  readonly body: { readonly text: string; readonly truncated: boolean };
}

/**
 * One POST in HTTP/1.1 over a connection of its own, by the way that a plan leads: guard, proxy, authorities, each phase under
 * its deadline. Nothing is followed. The plan's URL is the address, with ws for http and wss for https.
 */
export async function post(
  plan: ProbePlan,
  { headers, body }: { readonly headers: readonly (readonly [string, string])[]; readonly body: string },
  { network, signal }: { readonly network: Network; readonly signal: AbortSignal | undefined },
): Promise<Outcome<Answer>> {
  const contexts = await loadTlsContexts(plan, signal);
  if (!contexts.ok) return contexts;
  const clock = createClock();
  const request = handshakeRequestOf(plan);
  const recorder = new PhaseRecorder(phaseNamesOf(plan), clock, () => {});
  const way = new Way(plan, request, { clock, recorder, network, signal });
  const stream = await way.lead(contexts.value, ['http/1.1']);
  if (!stream.ok) return stream;
  const lines = [
    `POST ${request.target} HTTP/1.1`,
    `Host: ${request.authority}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return answerTo(stream.value, `${lines.join('\r\n')}\r\n\r\n${body}`, plan.timeouts.upgradeMs, signal);
}

function answerTo(
  stream: Duplex,
  request: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Outcome<Answer>> {
  const options = {
    phase: 'upgrade',
    timeoutMs,
    timeoutMessage: `No whole answer within ${timeoutMs} ms.`,
    signal,
  } as const;
  // Its connection may break after the answer, too.
  stream.on('error', () => {});
  return wait<Answer>(options, (settle) => {
    const reader = new ResponseHeadReader({ maxBytes: MAX_HEADER_BYTES });
    let answer: { readonly head: ResponseHead; readonly body: BodyReader } | null = null;
    const finish = () => {
      if (answer) settle(success({ head: answer.head, body: answer.body.body }));
      else settle(failed('upgrade', 'end', 'The connection ended without an answer.'));
    };
    stream.on('data', (chunk: Uint8Array) => {
      let rest = chunk;
      if (!answer) {
        const step = reader.push(chunk);
        if (step.state === 'error') settle(failed('upgrade', step.kind, step.message));
        if (step.state !== 'head') return;
        answer = { head: step.head, body: new BodyReader({ head: step.head, maxBytes: MAX_BODY_BYTES }) };
        ({ rest } = step);
      }
      if (answer.body.push(rest)) finish();
    });
    stream.once('end', () => {
      answer?.body.end();
      finish();
    });
    stream.once('error', (error: Error) => settle(failed('upgrade', 'error', error.message, errorCode(error))));
    stream.once('close', () => settle(failed('upgrade', 'end', 'The connection ended without an answer.')));
    stream.write(request);
    return () => stream.destroy();
  });
}
