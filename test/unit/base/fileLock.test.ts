import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFile, lockOf, writerOf } from '../../../src/core/base/fileLock.js';

describe('the lock of a file', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);
  const held = { pid: process.ppid, host: hostname(), startedAt: new Date().toISOString(), token: 't' };
  const leave = (name: string, holder: Partial<typeof held>) =>
    writeFileSync(lockOf(path(name)), JSON.stringify({ ...held, ...holder }));

  before(() => (folder = mkdtempSync(join(tmpdir(), 'wsprobe-lock-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('makes one writer of many, and leaves nothing behind', async () => {
    mkdirSync(path('race'));
    const target = join(path('race'), 'a.wsrec');
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFile(target)));
    const [winner, ...others] = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    assert.equal(others.length, 0);
    await winner?.release();
    assert.deepEqual(readdirSync(path('race')), []);
    await (await lockFile(target)).release();
  });

  it('is none on a disk that takes no byte, and leaves nothing behind', async function () {
    if (process.platform === 'win32') return this.skip();
    mkdirSync(path('full'));
    const script = fileURLToPath(new URL('./lockChild.ts', import.meta.url));
    const child = spawn('sh', [
      '-c',
      'ulimit -f 0; exec "$0" "$@"',
      process.execPath,
      '--import',
      'tsx',
      script,
      join(path('full'), 'a.wsrec'),
    ]);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child, 'close');
    assert.equal(said, 'EFBIG');
    assert.deepEqual(readdirSync(path('full')), []);
  });

  it('refuses in words that name the other', async () => {
    leave('busy.wsrec', {});
    const why = new RegExp(`is being written by process ${process.ppid} on ${hostname()} since `);
    await assert.rejects(lockFile(path('busy.wsrec')), { code: 'file-busy', message: why });
    assert.equal((await writerOf(path('busy.wsrec')))?.pid, process.ppid);
  });

  it('believes another machine', async () => {
    leave('far.wsrec', { host: 'far.example', pid: 4_194_304 });
    await assert.rejects(lockFile(path('far.wsrec')), { code: 'file-busy', message: /on far\.example/ });
  });

  it('knows a file by another name', async () => {
    writeFileSync(path('real.wsrec'), '');
    symlinkSync(path('real.wsrec'), path('linked.wsrec'));
    const lock = await lockFile(path('real.wsrec'));
    await assert.rejects(lockFile(path('linked.wsrec')), { code: 'file-busy' });
    await lock.release();
  });

  for (const [what, holder] of [
    ['of a process that has ended', { pid: 0 }],
    ['of before the machine was started', { startedAt: '2001-01-01T00:00:00.000Z' }],
    ['of a thread of this process that died', { pid: process.pid }],
    ['that is no lock', { host: 7 as unknown as string }],
  ] as const) {
    it(`takes over one ${what}`, async () => {
      const child = spawn(process.execPath, ['-e', '']);
      await once(child, 'exit');
      leave('stale.wsrec', 'pid' in holder && holder.pid === 0 ? { pid: child.pid ?? 0 } : holder);
      assert.equal(await writerOf(path('stale.wsrec')), null);
      const lock = await lockFile(path('stale.wsrec'));
      await assert.rejects(lockFile(path('stale.wsrec')), { code: 'file-busy', message: /by this process/ });
      await lock.release();
      assert.equal(existsSync(lockOf(path('stale.wsrec'))), false);
    });
  }

  it('stands beside no device', async function () {
    if (process.platform === 'win32') this.skip();
    await (await lockFile('/dev/null')).release();
    assert.equal(existsSync('/dev/null.lock'), false);
  });
});
