import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { describeSecrets } from '../../../src/core/profile/storedSecrets.js';
import { EngineClient } from '../../../src/engine/client.js';
import { type PreparedPlan, refOf } from '../../../src/protocol/prepared.js';
import { bundle } from '../../support/bundle.js';

const TOKEN = 'planted-4f1d9c27e8b3';
const THEIRS = 'theirs-58ab20c7fe91';
const ASKED = 'asked-77c1d09be2aa';
const FROM_ENV = 'from-env-c0ffee5eed';
const VANTAGE = { host: 'here', remote: null };
const BUDGET = { memoryBytes: 1 << 20, diskBytes: 1 << 20 };
const text = (content: string) => ({ format: 'text', content, binary: false }) as const;

describe('secrets at the worker’s boundary', () => {
  const crossed = { inwards: [] as string[], outwards: [] as string[] };
  const post = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage');
  const asked: string[] = [];
  let playground: Playground;
  let folder: string;
  let client: EngineClient;
  let plan: PreparedPlan;

  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await bundle('worker', 'src/engine/worker.ts');
    Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
      crossed.inwards.push(written(args[0]));
      Reflect.apply(post?.value as Worker['postMessage'], this, args);
    };
    Worker.prototype.emit = function (this: Worker, name: string | symbol, ...args: unknown[]) {
      if (name === 'message') crossed.outwards.push(written(args[0]));
      return Reflect.apply(Object.getPrototypeOf(Worker.prototype).emit as Worker['emit'], this, [name, ...args]);
    } as Worker['emit'];
    const workerUrl = pathToFileURL(join(folder, 'worker.mjs'));
    client = new EngineClient({ workerUrl, log: (line) => crossed.outwards.push(line) });
    client.onSecret(async ({ hosts, name }) => {
      asked.push(`${name} to ${hosts.join()}`);
      if (name === 'other') return ASKED;
      throw new Error(`The secret ${name} has no value.`);
    });
  });

  after(async () => {
    await client.dispose();
    if (post) Object.defineProperty(Worker.prototype, 'postMessage', post);
    Reflect.deleteProperty(Worker.prototype, 'emit');
    await playground.stop();
    await rm(folder, { recursive: true });
  });

  it('a plan is made of a profile and its secrets, and told without them', async () => {
    const profile = {
      name: 'of ${secret:token}',
      url: `${playground.ws}/echo?token=\${secret:token}`,
      auth: { type: 'bearer', token: '${secret:token}' },
      cookies: { session: '${env:SESSION}' },
      message: { send: '${secret:token}', expect: 'echo', samples: 1 },
      messages: [{ name: 'log in', send: { json: { token: '${secret:token}', tenant: '${tenant}' } } }],
      variables: { tenant: 'acme' },
    };
    const context = { env: { SESSION: FROM_ENV }, baseDir: null };
    const draft = await client.request('profileDraft', { text: JSON.stringify(profile), context });
    assert.deepEqual([draft.secrets, draft.env], [['token'], ['SESSION']]);
    const { draftId } = draft;
    const made = await client.request('profilePrepare', { draftId, secrets: { token: TOKEN } });
    assert.ok(made.plan, JSON.stringify(made.problems));
    ({ plan } = made as { plan: PreparedPlan });
    assert.deepEqual([plan.secrets, plan.env, plan.hosts], [['token'], ['SESSION'], [new URL(playground.ws).host]]);
    assert.deepEqual(plan.messages, profile.messages);
    await assert.rejects(client.request('profilePrepare', { draftId, secrets: {} }), { code: 'plan.gone' });
  });

  it('the plan is probed, copied, saved and followed by its id', async () => {
    const report = await client.start('probe', { plan: refOf(plan), vantage: VANTAGE }).done;
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.findings));
    const command = await client.request('planCopyAs', { ...refOf(plan), tool: 'curl', shell: 'posix' });
    assert.match(command.text, /\$\{?WSPROBE_SECRET_TOKEN/);
    const stored = describeSecrets({ token: TOKEN });
    const saved = await client.request('profileTemplate', { source: refOf(plan), stored });
    assert.match(saved.text, /\?token=\$\{secret:token\}/);
    assert.match(saved.text, /"session": "\$\{env:SESSION\}"/);
    assert.deepEqual([saved.secrets, saved.names], [{}, []]);
    const elsewhere = await client.request('planRedirect', { ...refOf(plan), target: 'wss://other.example/' });
    assert.ok('dropped' in elsewhere && elsewhere.dropped.includes('auth'));
  });

  it('a session fills in its messages, asks once for what it lacks, and shows none of it', async () => {
    const sessionId = 's';
    const echoed = new Promise<void>((resolve) => {
      client.onEvent('session', ({ received }) => {
        if (received.messages === 3) resolve();
      });
    });
    const open = { sessionId, plan: refOf(plan), vantage: VANTAGE, recordTo: null, budget: BUDGET };
    assert.equal((await client.request('sessionOpen', open)).verdict, 'healthy');
    const send = (content: string) => client.request('sessionSend', { sessionId, message: text(content) });
    assert.deepEqual(await send('${secret:token}'), { bytes: TOKEN.length });
    assert.deepEqual(await send('a ${secret:other}'), { bytes: ASKED.length + 2 });
    assert.deepEqual(await send('${secret:other} ${env:SESSION} ${tenant}'), {
      bytes: ASKED.length + FROM_ENV.length + 6,
    });
    await assert.rejects(send('${secret:nobody}'), /nobody has no value/);
    const { host } = new URL(playground.ws);
    assert.deepEqual(asked, [`other to ${host}`, `nobody to ${host}`]);
    const { viewId } = await client.request('viewOpen', { sessionId, mode: 'messages', filter: '' });
    await echoed;
    const { rows } = await client.request('viewRows', { viewId, from: 0, count: 100, paths: [] });
    const messages = rows.filter(({ kind }) => kind === 'text');
    assert.equal(messages.length, 6);
    for (const { id } of messages) {
      await client.request('viewPayload', { sessionId, id, mode: 'messages', offset: 0, length: 1000 });
    }
    await client.request('sessionClose', { sessionId, code: 4401, reason: `no ${ASKED}` });
    await client.request('sessionReport', { sessionId });
    await client.request('sessionDispose', { sessionId });
  });

  it('a message of ours in a tap names secrets: the target’s own go there, others and to clients are asked for', async () => {
    asked.length = 0;
    const sessionId = 'tapped';
    const job = client.start('tap', {
      plan: refOf(plan),
      sessionId,
      name: 'Tap',
      host: '127.0.0.1',
      port: 0,
      tls: false,
      seed: 1,
      answerFrom: null,
      pid: null,
      budget: BUDGET,
      vantage: VANTAGE,
    });
    const { url } = await job.act('where');
    const socket = new WebSocket(url, { headers: { 'X-Api-Key': THEIRS, 'X-Shop': 'east' } });
    await once(socket, 'open');
    const heard: string[] = [];
    const all = new Promise<void>((resolve) =>
      socket.on('message', (data: Buffer) => {
        if (heard.push(String(data)) === 3) resolve();
      }),
    );
    const inject = (lane: 'toClient' | 'toServer', content: string) =>
      client.request('tapInject', { sessionId, connection: 1, lane, message: text(content) });
    await inject('toServer', 'own ${secret:token}');
    await inject('toServer', 'asked ${secret:other} ${env:SESSION}');
    await assert.rejects(inject('toClient', 'own ${secret:token}'), /token has no value/);
    await inject('toClient', 'client ${secret:other}');
    await all;
    assert.deepEqual(heard.toSorted(), [`asked ${ASKED} ${FROM_ENV}`, `client ${ASKED}`, `own ${TOKEN}`]);
    const { host } = new URL(playground.ws);
    assert.deepEqual(asked, [`other to ${host}`, 'token to 127.0.0.1', 'other to 127.0.0.1']);
    const { viewId } = await client.request('viewOpen', { sessionId, mode: 'messages', filter: '' });
    const { rows } = await client.request('viewRows', { viewId, from: 0, count: 100, paths: [] });
    assert.ok(rows.some(({ preview }) => preview.startsWith('Sent a message of ours')));

    const stored = describeSecrets({ token: TOKEN });
    const made = await client.request('tapProfile', { sessionId, connection: 1, stored });
    const { auth, cookies, headers, url: to } = JSON.parse(made.text.replace(/^\/\/.*\n/, '')) as Record<string, never>;
    assert.deepEqual(
      { auth, cookies, headers, to },
      {
        auth: { type: 'bearer', token: '${secret:token}' },
        cookies: { session: '${env:SESSION}' },
        headers: { 'X-Api-Key': '${secret:x-api-key}', 'X-Shop': 'east' },
        to: `${playground.ws}/echo?token=\${secret:token}`,
      },
    );
    assert.deepEqual([made.secrets, made.hosts], [{ 'x-api-key': THEIRS }, [host]]);
    const unknown = client.request('tapProfile', { sessionId, connection: 9, stored });
    await assert.rejects(unknown, { code: 'tap.no-handshake' });
    socket.terminate();
    await job.act('stop');
    await client.request('sessionDispose', { sessionId });
  });

  it('each value has gone in once and never out', () => {
    const inwards = crossed.inwards.join('\n');
    const outwards = crossed.outwards.join('\n');
    assert.ok(outwards.length > 1000);
    assert.equal(count(inwards, TOKEN), 1);
    assert.equal(count(inwards, ASKED), 4, 'answers, and the reason of a close that a person typed');
    assert.equal(count(inwards, FROM_ENV), 1);
    for (const value of [TOKEN, ASKED, FROM_ENV]) {
      for (const spelling of spellings(value)) assert.equal(count(outwards, spelling), 0, spelling);
    }
  });
});

/** All that a message holds, bytes as latin1. */
function written(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  return [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
}

function count(haystack: string, needle: string): number {
  return haystack.split(needle).length - 1;
}
