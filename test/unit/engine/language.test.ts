import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NOTHING_SEEN } from '../../../src/core/language/seen.js';
import { EngineClient } from '../../../src/engine/client.js';
import { bundle } from '../../support/bundle.js';
import { cursor } from '../language/cursor.js';
import { useTempFolder } from '../record/temp.js';

const KNOWN = { secrets: ['token'], env: [], seen: NOTHING_SEEN };

describe('the language of profiles, in the engine', () => {
  const folder = useTempFolder();
  let worker: string;
  let client: EngineClient;

  before(async () => {
    worker = await bundle('worker', 'src/engine/worker.ts');
    client = new EngineClient({ workerUrl: pathToFileURL(join(worker, 'worker.mjs')), log: () => {} });
    mkdirSync(folder.path('ws/.git'), { recursive: true });
    writeFileSync(folder.path('ws/wsprobe.env.json'), '{ "staging": { "variables": { "region": "eu" } } }');
  });
  after(async () => {
    await client.dispose();
    await rm(worker, { recursive: true });
  });

  const at = (source: string) => ({ ...cursor(source), place: { folder: folder.path('ws'), root: folder.path('ws') } });

  it('knows what profiles share: it completes, explains and does not rename it', async () => {
    const here = at('{ "url": "ws://${reg¦ion}/" }');
    const items = await client.request('languageComplete', { ...here, ...KNOWN });
    assert.deepEqual(
      items.map(({ label, detail }) => `${label}: ${detail}`),
      ['region: variable of wsprobe.env.json', 'secret:token: secret, set'],
    );
    const context = { env: {}, environment: 'staging', secretNames: [], lastMs: {} };
    const hover = await client.request('languageHover', { ...here, ...context });
    assert.deepEqual(hover?.lines, ['`region`: `eu`', 'In `staging`: `eu`']);
    const renamed = await client.request('languageRename', { ...here, to: 'zone' });
    assert.ok('why' in renamed);
  });

  it('says of a file of environments that cannot be used nothing, and goes on', async () => {
    writeFileSync(folder.path('ws/wsprobe.env.json'), '{ "staging": ');
    const items = await client.request('languageComplete', { ...at('{ "url": "ws://${¦" }'), ...KNOWN });
    assert.deepEqual(
      items.map(({ label }) => label),
      ['secret:token'],
    );
  });

  it('answers about texts that are no profiles: too long, too deep, of many steps', async () => {
    const long = `{ "url": "${'x'.repeat(1_100_000)}\${" }`;
    const deep = `${'{"a":'.repeat(1000)}"\${"${'}'.repeat(1000)}`;
    for (const text of [long, deep]) {
      assert.deepEqual(await client.request('languageTests', { text }), []);
      assert.deepEqual(await client.request('languageLinks', { text }), []);
      assert.deepEqual(await client.request('languageComplete', { text, offset: 20, place: null, ...KNOWN }), []);
    }
    const steps = Array.from({ length: 20_000 }, () => ({ send: '${a}' }));
    const text = JSON.stringify({ url: 'ws://h', variables: { a: '1' }, steps });
    assert.equal((await client.request('languageTests', { text })).length, 10_000);
    const found = await client.request('languageReferences', { text, offset: text.indexOf('${a}') + 2 });
    assert.equal(found?.uses.length, 20_000);
  });
});
