import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { startPlayground } from '../../../src/core/playground/index.js';
import { RawClient, upgradeResponse } from '../../support/rawClient.js';

describe('playground in a bundle', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'wsprobe-bundle-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('makes its certificates and opens over TLS', async () => {
    await build({
      entryPoints: { playground: 'src/core/playground/index.ts' },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      external: ['bufferutil', 'utf-8-validate'],
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    const url = pathToFileURL(path.join(folder, 'playground.mjs')).href;
    const bundled = (await import(url)) as { startPlayground: typeof startPlayground };
    const playground = await bundled.startPlayground({ port: 0 });
    const client = await RawClient.connect(playground.wss, { ca: playground.caPem });
    client.sendUpgrade('/silence');
    assert.equal(await client.takeThrough('\r\n\r\n'), upgradeResponse());
    client.destroy();
    await playground.stop();
  });
});
