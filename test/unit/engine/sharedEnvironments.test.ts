import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EngineClient } from '../../../src/engine/client.js';
import { bundle } from '../../support/bundle.js';
import { useTempFolder } from '../record/temp.js';

const PROFILE = JSON.stringify({ url: 'ws://own.test/', headers: { 'X-Who': '${who}' } });

describe('environments that profiles share, in the engine', () => {
  const folder = useTempFolder();
  let worker: string;
  let client: EngineClient;

  before(async () => {
    worker = await bundle('worker', 'src/engine/worker.ts');
    client = new EngineClient({ workerUrl: pathToFileURL(join(worker, 'worker.mjs')), log: () => {} });
    mkdirSync(folder.path('ws/deep/.git'), { recursive: true });
    mkdirSync(folder.path('ws/in'));
    const local = {
      url: 'ws://shared.test/',
      auth: { type: 'bearer', token: '${secret:shared}' },
      variables: { who: 'me' },
    };
    writeFileSync(folder.path('ws/wsprobe.env.json'), JSON.stringify({ local }));
  });
  after(async () => {
    await client.dispose();
    await rm(worker, { recursive: true });
  });

  const place = (path: string) => ({ folder: folder.path(path), root: folder.path('ws') });
  const context = (environment: string | null) => ({ env: {}, baseDir: null, environment });

  it('are known with what they ask for, as far as the workspace reaches', async () => {
    const { environments, problems, secrets } = await client.request('parseProfile', {
      text: PROFILE,
      place: place('ws/in'),
    });
    assert.deepEqual([environments, secrets, problems], [['local'], ['shared'], []]);
    // A repository of its own looks no further up, and a text that lies nowhere looks nowhere.
    for (const each of [place('ws/deep'), null]) {
      const alone = await client.request('parseProfile', { text: PROFILE, place: each });
      assert.deepEqual([alone.environments, alone.problems[0]?.code], [[], 'unresolved-variable']);
    }
  });

  it('are run in, with their secrets and hosts asked for first', async () => {
    const params = { text: PROFILE, context: context('local'), place: place('ws/in') };
    const { draftId, hosts, secrets } = await client.request('profileDraft', params);
    assert.deepEqual([hosts, secrets], [['shared.test'], ['shared']]);
    const { plan, problems } = await client.request('profilePrepare', { draftId, secrets: { shared: 'x1y2z3w4' } });
    assert.equal(plan?.url, 'ws://shared.test/', JSON.stringify(problems));
  });

  it('give way to what is said beside the profile', async () => {
    const over = { url: 'ws://over.test/' };
    const params = { text: PROFILE, context: context('local'), place: place('ws/in'), over };
    const { draftId, hosts, secrets } = await client.request('profileDraft', params);
    assert.deepEqual([hosts, secrets], [['over.test'], ['shared']]);
    const { plan, problems } = await client.request('profilePrepare', { draftId, secrets: { shared: 'x1y2z3w4' } });
    assert.equal(plan?.url, 'ws://over.test/', JSON.stringify(problems));
    const wrong = await client.request('profileDraft', { ...params, text: '{ "url": 1 }' });
    const told = await client.request('profilePrepare', { draftId: wrong.draftId, secrets: {} });
    assert.equal(told.plan, null);
  });

  it('that are broken keep the profile from running, and say where', async () => {
    writeFileSync(folder.path('ws/in/wsprobe.env.json'), '{\n  "local": { "ulr": 1 }\n}');
    const { problems: told } = await client.request('parseProfile', { text: PROFILE, place: place('ws/in') });
    assert.match(told[0]?.message ?? '', /^in.wsprobe\.env\.json:2:14: .*ulr/);
    const params = { text: PROFILE, context: context(null), place: place('ws/in') };
    const { draftId } = await client.request('profileDraft', params);
    const { plan, problems } = await client.request('profilePrepare', { draftId, secrets: {} });
    assert.deepEqual([plan, problems[0]], [null, told[0]]);
  });
});
