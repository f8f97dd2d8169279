import type { ProbePlan } from '../../src/core/base/plan.js';
import { planFromUrl } from '../../src/core/profile/resolve.js';
import { Session } from '../../src/core/session/session.js';
import { type EchoClient, type EchoOptions, type EchoRun, MAX_ANSWERS, MAX_MESSAGE_BYTES } from './echoClient.js';
import { WireAudit } from './wireAudit.js';

/** A session, with the wire decoder beside it. */
export const ourClient: EchoClient = clientOver('1.1');

/** The same over a version of HTTP; it takes any certificate. */
export function clientOver(http: ProbePlan['http']): EchoClient {
  return { name: 'wsprobe', run: (url, options) => converse(url, options, http) };
}

async function converse(
  url: string,
  { deadlineMs, echo, signal }: EchoOptions,
  http: ProbePlan['http'],
): Promise<EchoRun> {
  const startedMs = performance.now();
  const audit = new WireAudit();
  const answers: string[] = [];
  let messages = 0;
  let cut: string | null = null;
  let unsent: string | null = null;
  let ended: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const session = new Session({
    sessionId: 'autobahn',
    plan: planOf(url, http),
    log: audit.log,
    keepPayloadBytes: MAX_MESSAGE_BYTES,
    vantage: { host: 'localhost', remote: null },
    network: audit.network,
    onChange: () => {},
    onMessage: ({ binary, bytes, direction }) => {
      if (direction === 'sent') return;
      messages += 1;
      timer.refresh();
      audit.delivered(bytes, binary);
      if (echo) {
        session.sendBytes({ binary, bytes }).catch((error: Error) => {
          unsent ??= error.message;
        });
      } else if (answers.length < MAX_ANSWERS) {
        answers.push(Buffer.from(bytes).toString());
      }
    },
    onConnection: (_report, isOpen) => {
      if (!isOpen) ended();
    },
  });
  const cutOff = (why: string) => {
    cut ??= why;
    session.terminate();
  };
  const onAbort = () => cutOff('cancelled');
  const timer = setTimeout(() => cutOff(`nothing came for ${deadlineMs} ms`), deadlineMs);
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  await session.open();
  await over;
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  const { close, error } = session.report ?? {};
  const givenUp = cut !== null || /^(frame|limit)\./.test(error?.code ?? '');
  const run: EchoRun = {
    answers,
    messages,
    ended: cut ?? `close ${close?.code ?? 'none'}: ${unsent ?? close?.evidence ?? error?.message ?? ''}`,
    durationMs: performance.now() - startedMs,
    disagreements: await audit.disagreements(givenUp, url.startsWith('wss:') || http !== '1.1'),
  };
  session.dispose();
  return run;
}

function planOf(url: string, http: ProbePlan['http']) {
  const { plan, problems } = planFromUrl(url, {
    proxy: 'none',
    http,
    tls: { rejectUnauthorized: false },
    compression: true,
    limits: { maxMessageBytes: MAX_MESSAGE_BYTES },
  });
  if (!plan) throw new Error(problems.map(({ message }) => message).join(' '));
  return plan;
}
