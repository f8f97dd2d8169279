import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { runCli } from '../../../src/cli/main.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { useTempFolder } from '../record/temp.js';
import { fakeIo } from './fakeIo.js';

describe('wsprobe run with many profiles', () => {
  const folder = useTempFolder();

  it('warns of no leak, however many run at once', async () => {
    const server = await UpgradeServer.start();
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => warnings.push(name);
    process.on('warning', onWarning);
    try {
      mkdirSync(folder.path('many'));
      for (let index = 0; index < 16; index++)
        writeFileSync(folder.path(`many/${index}.wsprobe`), JSON.stringify({ url: server.url() }));
      const io = fakeIo({ env: { NO_PROXY: '*' } });
      assert.equal(await runCli(['run', folder.path('many'), '--concurrency', '16'], io), 0, io.out() + io.err());
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(warnings, []);
    } finally {
      process.off('warning', onWarning);
      await server.stop();
    }
  });

  it('blames the machine, not the profile, where too many files are open', async function () {
    if (process.platform === 'win32') return;
    const file = folder.path('good.wsprobe');
    writeFileSync(file, JSON.stringify({ url: 'ws://127.0.0.1:1/' }));
    // Everything is loaded, then no file can be opened any more.
    const code = `
      import { openSync } from 'node:fs';
      const loaded = await import(${JSON.stringify(new URL('../../../src/cli/target.ts', import.meta.url).href)});
      const { resolveTarget } = loaded.default ?? loaded;
      const target = ${JSON.stringify(file)};
      const io = { cwd: '/', env: {} };
      await resolveTarget(target, {}, io);
      try { for (;;) openSync('/dev/null'); } catch {}
      await resolveTarget(target, {}, io).then(() => console.log('read'), ({ code, message }) => console.log(code, message));
    `;
    const run = promisify(execFile);
    const command = `ulimit -n 128; exec ${process.execPath} --import tsx --input-type=module -e "$CODE"`;
    const { stdout } = await run('sh', ['-c', command], { env: { ...process.env, CODE: code } });
    assert.match(stdout, /^machine\.too-many-files too many files are open on this machine \(EMFILE\)/);
  });
});
