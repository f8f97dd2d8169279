import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { CONTRACT_SCHEMA } from '../../../src/core/contract/contract.js';
import { JOBS } from '../../../src/core/jobs.js';
import { describeSecrets } from '../../../src/core/profile/storedSecrets.js';
import { SecretText } from '../../../src/core/redaction/secretText.js';
import { SessionService } from '../../../src/engine/sessions/sessionService.js';
import type { SessionRequests } from '../../../src/protocol/acts.js';
import type { Handlers } from '../../../src/protocol/channel.js';
import { planFor } from '../../support/plan.js';
import { TestPlans } from '../../support/plans.js';
import { SECRET, traceOf } from '../../support/plantedSecret.js';

/** Every output there is, by name. */
export type Outputs = Map<string, string>;

/** Those that have something left of the secret. */
export function tracesIn(outputs: Outputs): readonly string[] {
  return [...outputs].flatMap(([output, shown]) => {
    const trace = traceOf(shown);
    return trace === null ? [] : [`${output}: ${trace}`];
  });
}

interface Asked {
  readonly service: Handlers<SessionRequests>;
  readonly sessionId: string;
  /** What outputs and files begin with. */
  readonly name: string;
  readonly path: (name: string) => string;
  readonly outputs: Outputs;
  /** False: a recording, which is shown as it is, as is what a contract says. */
  readonly knowsSecrets: boolean;
}

const { signal } = new AbortController();

/** A contract that no message is as it says, of somebody who did not know what is secret. */
const CARELESS = JSON.stringify({
  schema: CONTRACT_SCHEMA,
  messages: 2,
  leftOut: 0,
  discriminators: {},
  types: ['sent', 'received'].map((direction) => ({
    direction,
    name: `says ${SECRET}`,
    path: null,
    count: 1,
    shape: { types: ['string'], count: 1 },
  })),
});

/** Asks a log for all that is made of its messages: contracts, a conversation, exchanges and their rows. */
export async function askOfMessages({ knowsSecrets, name, outputs, path, service, sessionId }: Asked): Promise<void> {
  const of = { sessionId };
  const put = async (what: string, asked: () => unknown) => {
    outputs.set(`${name} ${what}`, await answerOf(asked));
  };
  const file = (what: string) => path(`${name} ${what}.json`);
  await put('learned', () => service.sessionLearnContract({ ...of, path: file('contract') }, signal));
  await put('schema', () => service.contractExport({ from: file('contract'), to: file('schema') }, signal));
  for (const what of ['contract', 'schema'])
    if (existsSync(file(what))) outputs.set(`${name} file ${what}`, readFileSync(file(what), 'utf8'));
  writeFileSync(file('careless'), CARELESS);
  for (const what of knowsSecrets ? ['contract', 'careless'] : ['contract']) {
    await put(`held against ${what}`, () => service.sessionHoldContract({ ...of, path: file(what) }, signal));
    await put(`snapshot against ${what}`, () => service.sessionSnapshot(of, signal));
  }
  const choice = { filter: '', between: null, stored: describeSecrets({}) };
  await put('conversation', async () => {
    // They are what is to be kept as secrets.
    const { secrets: _secrets, ...told } = await service.sessionConversation({ ...of, ...choice }, signal);
    return told;
  });
  await put('exchanges', () =>
    service.sessionExchanges({ ...of, from: 0, count: 100, operation: '', viewId: undefined }, signal),
  );
  await put('paths', () => service.jsonPaths(of, signal));
  await put('completions', () => service.filterComplete({ ...of, text: '$', cursor: 1 }, signal));
  await put('rows by id', () =>
    service.sessionRows({ ...of, ids: Array.from({ length: 100 }, (_, id) => id) }, signal),
  );
  await put('operations', () => service.sessionOperations(of, signal));
  await service.sessionReleaseContract(of, signal);
}

/** A tap between a client and a server that both say a secret: all that it announces, logs, records and answers. */
export async function askOfTap(
  name: string,
  plan: (url: string) => ProbePlan,
  { outputs, path }: Pick<Asked, 'outputs' | 'path'>,
): Promise<void> {
  const server = await talkative();
  const told: unknown[] = [];
  let heard = () => {};
  const sessions = new SessionService(new TestPlans(), {
    session: async (snapshot) => {
      told.push(snapshot);
      heard();
    },
    view: async (view) => told.push(view),
    secret: () => Promise.reject(new Error('no plan')),
  });
  const service = sessions.handlers();
  const target = plan(server.url);
  const job = await JOBS.tap.start(
    {
      plan: target,
      sessionId: name,
      name: 'Tap',
      host: '127.0.0.1',
      port: 0,
      tls: false,
      seed: 7,
      answerFrom: null,
      pid: null,
      budget: { memoryBytes: 1 << 20, diskBytes: 0 },
      vantage: { host: 'here', remote: null },
    },
    (failure) => told.push(failure),
    signal,
  );
  const shown = new SecretText({}, target.secrets);
  sessions.adopt(job.source!, { plan: target, secrets: {}, shown, env: {}, envNames: [] });
  const of = { sessionId: name };
  let count = 0;
  const put = async (what: string, asked: () => unknown) => {
    outputs.set(`${name} ${++count} ${what}`, await answerOf(asked));
  };
  const snapshot = () => service.sessionSnapshot(of, signal);
  const held = async (number: number) => {
    while (((await snapshot()).observed?.tap?.held.count ?? 0) < number)
      await new Promise<void>((resolve) => (heard = resolve));
  };
  const message = (content: string) => ({ format: 'text', content, binary: false }) as const;
  try {
    await service.sessionRecord({ ...of, path: path(`${name}.wsrec`) }, signal);
    const { url } = await job.acts.where();
    const client = new WebSocket(`${url}/orders?token=${encodeURIComponent(SECRET)}`, {
      headers: {
        Authorization: `Bearer ${SECRET}`,
        Cookie: `sid=${SECRET}`,
        'User-Agent': SECRET,
        'X-Api-Key': SECRET,
      },
      perMessageDeflate: false,
    });
    const closed = once(client, 'close');
    const answered = (number: number) =>
      new Promise<void>((resolve) =>
        client.on('message', (data: Buffer) => {
          if (String(data).includes(`"id":${number}`)) resolve();
        }),
      );
    await once(client, 'open');
    const both = Promise.all([1, 2].map(answered));
    for (const id of [1, 2])
      client.send(JSON.stringify({ jsonrpc: '2.0', id, method: `ask ${SECRET}`, params: { token: SECRET } }));
    await both;
    const breakpoints = [{ contains: 'hold' }, { contains: `never ${SECRET}` }];
    await put('breakpoints', () => service.tapBreak({ ...of, breakpoints }, signal));
    client.send(`{"hold":1,"token":${JSON.stringify(SECRET)}}`);
    await held(1);
    await put('while one is held', snapshot);
    const shown = await service.tapHeld({ ...of, held: 1 }, signal);
    await put('held', () => shown);
    await put('marks gone', () => service.tapRelease({ ...of, held: 1, fate: message('hold') }, signal));
    const changed = message(shown.content.replace('"hold"', '"changed"'));
    await put('released', () => service.tapRelease({ ...of, held: 1, fate: changed }, signal));
    client.send(Buffer.from(`\0hold ${SECRET}`));
    await held(1);
    await put('held bytes', () => service.tapHeld({ ...of, held: 2 }, signal));
    await put('while bytes are held', snapshot);
    await put('all released', () => service.tapReleaseAll({ ...of, fate: 'drop' }, signal));
    const replaced = JSON.stringify([
      { direction: 'toClient', when: { match: { contains: SECRET } }, do: { replace: `instead ${SECRET}` } },
      { direction: 'toServer', when: { match: { contains: SECRET } }, do: { drop: true } },
    ]);
    await put('faults', () => service.tapFaults({ ...of, text: replaced, connection: 1 }, signal));
    for (const lane of ['toClient', 'toServer'] as const)
      await put(`injected ${lane}`, () =>
        service.tapInject({ ...of, connection: 1, lane, message: message(`ours ${SECRET}`) }, signal),
      );
    await put('none injected', () =>
      service.tapInject({ ...of, connection: 9, lane: 'toClient', message: message(SECRET) }, signal),
    );
    await put(
      'profile',
      async () => (await service.tapProfile({ ...of, connection: 1, stored: describeSecrets({}) }, signal)).text,
    );
    const echoed = once(client, 'message');
    client.send('{"type":"again"}');
    await echoed;
    await put('with faults', snapshot);
    await put('other faults', () => service.tapSetFaults({ ...of, text: replaced }, signal));
    await put('bad faults', () =>
      service.tapSetFaults({ ...of, text: JSON.stringify([{ do: { [SECRET]: 1 } }, { do: { cut: SECRET } }]) }, signal),
    );
    await put('fault ended', () => service.tapEndFault({ ...of, number: null }, signal));
    await put('report while open', () => service.tapReport({ ...of, connection: 1 }, signal));
    const close = JSON.stringify([{ do: { close: { code: 4401, reason: `no ${SECRET}` } } }]);
    await put('closed', () => service.tapFaults({ ...of, text: close, connection: 1 }, signal));
    await closed;
    for (const where of ['refuse', 'close']) {
      const refused = new WebSocket(`${url}/${where}`, { headers: { Authorization: `Bearer ${SECRET}` } });
      await new Promise<void>((resolve) => refused.on('error', () => {}).on('close', () => resolve()));
    }
    while ((await snapshot()).observed?.open !== 0) await new Promise<void>((resolve) => (heard = resolve));
    for (const connection of [1, 2, 3])
      await put(`report of ${connection}`, () => service.tapReport({ ...of, connection }, signal));
    await askOfMessages({ service, sessionId: name, name, path, outputs, knowsSecrets: true });
    const { viewId } = await service.viewOpen({ ...of, mode: 'messages', filter: '' }, signal);
    await put('log', () => service.viewRows({ viewId, from: 0, count: 1_000, paths: ['$..*'] }, signal));
    await put('summary', () => job.acts.stop());
    await put('done', () => job.done);
    await put('in the end', snapshot);
    const { notes, connections } = job.source!;
    await put('notes', () => ({ notes, connections, header: job.source!.header() }));
    for (const format of ['har', 'jsonl', 'wsrec'] as const) {
      await service.sessionExport({ ...of, format, path: path(`${name} export.${format}`) }, signal);
      outputs.set(`${name} export ${format}`, readFileSync(path(`${name} export.${format}`), 'utf8'));
    }
    await service.sessionRecord({ ...of, path: null }, signal);
    outputs.set(`${name} recording`, readFileSync(path(`${name}.wsrec`), 'utf8'));
    outputs.set(`${name} announced`, JSON.stringify(told));
  } finally {
    await job.acts.stop();
    await service.sessionDispose(of, signal);
    server.stop();
  }
}

/** The plans that a tap has: with a secret of its own, or with those alone that its clients bring. */
export const TAP_PLANS: Readonly<Record<string, (url: string) => ProbePlan>> = {
  'tap of its own': (url) => planFor(url, { headers: [['X-Token', SECRET]], secrets: [SECRET] }),
  'tap of others': (url) => planFor(url),
};

/** A server that says a secret in every way, and refuses with it, or closes with it, where it is asked to. */
async function talkative(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: false,
    verifyClient: ({ req }, answer) =>
      req.url === '/refuse' ? answer(false, 401, `no ${SECRET}`, { 'X-Why': SECRET }) : answer(true),
  });
  server.on('headers', (headers) => headers.push(`X-Session: ${SECRET}`, `Set-Cookie: sid=${SECRET}`));
  server.on('connection', (socket, { url }) => {
    socket.on('error', () => {});
    socket.send(JSON.stringify({ type: 'hello', token: SECRET, [SECRET]: 1 }));
    socket.send(Buffer.from(`\0${SECRET}`));
    socket.send(`${encodeURIComponent(SECRET)}{"type":"before"}`);
    socket.ping(SECRET);
    socket.on('message', (data: Buffer, isBinary) => {
      const id = /"jsonrpc".*"id":(\d)/.exec(String(data))?.[1];
      if (id === undefined) socket.send(data, { binary: isBinary });
      else socket.send(JSON.stringify({ jsonrpc: '2.0', id: Number(id), error: { code: 1, message: `no ${SECRET}` } }));
    });
    socket.on('message', () => socket.send(JSON.stringify({ type: SECRET, of: `a ${SECRET}` })));
    if (url === '/close') socket.close(4401, `invalid ${SECRET}`);
  });
  await once(server, 'listening');
  const stop = () => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}

/** What was answered, or why not: both are shown. */
async function answerOf(asked: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await asked()) ?? '';
  } catch (error) {
    return JSON.stringify({ ...(error as object), message: String(error) });
  }
}
