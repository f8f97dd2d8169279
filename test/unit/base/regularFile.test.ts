import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { runCli } from '../../../src/cli/main.js';
import { readRegularFile, writePrivateFile } from '../../../src/core/base/regularFile.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { readRecording } from '../../../src/core/record/readRecording.js';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import { RecordingWriter } from '../../../src/core/record/recordingWriter.js';
import { Redactor } from '../../../src/core/redaction/redactor.js';
import { header } from '../record/samples.js';
import { exportSource, importRecording } from '../../../src/core/session/exportSource.js';
import { planFor } from '../../support/plan.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { fakeIo } from '../cli/fakeIo.js';
import { useTempFolder } from '../record/temp.js';

describe('files that are named from outside', () => {
  const folder = useTempFolder();
  const irregular = process.platform === 'win32' ? [] : ['pipe', '/dev/ptmx', '/dev/zero', 'zero.wsrec', 'folder'];
  const pathOf = (name: string) => (name.startsWith('/') ? name : folder.path(name));

  before(() => {
    mkdirSync(folder.path('folder'));
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [folder.path('pipe')]);
    symlinkSync('/dev/zero', folder.path('zero.wsrec'));
  });

  for (const name of irregular) {
    const refused = /no regular file|a folder|EISDIR/;
    it(`are regular files or refused at once, by every reader: ${name}`, async () => {
      const path = pathOf(name);
      await assert.rejects(readRegularFile(path, { maxBytes: 10 }), refused);
      await assert.rejects(readRecording(path), refused);
      await assert.rejects(importRecording(path, folder.path('out.wsrec')), refused);
      for (const key of ['cert', 'key', 'pfx', 'ca'] as const) {
        const tls = { [key]: key === 'ca' ? [path] : path };
        const report = await runProbe(planFor('wss://127.0.0.1:1/', { tls }), { host: 'here', remote: null });
        assert.equal(report.error?.code, 'profile.unreadable-file');
        assert.match(report.error.message, refused);
      }
      const io = fakeIo();
      assert.equal(await runCli(['probe', path], io), 2);
    });

    it(`are no payload: ${name}`, async () => {
      const server = await UpgradeServer.start();
      try {
        const message = { send: { file: pathOf(name) }, expect: 'any', samples: 1 } as const;
        const report = await runProbe(planFor(server.url(), { message }), { host: 'here', remote: null });
        assert.equal(report.error?.code, 'profile.unreadable-file');
        assert.match(report.error.message, refused);
        assert.equal(report.findings[0]?.id, 'profile.unreadable-file');
        await server.idle();
      } finally {
        await server.stop();
      }
    });
  }

  it('are read whole up to a limit, and not after an abort', async () => {
    const path = folder.path('ten');
    writeFileSync(path, '0123456789');
    assert.equal((await readRegularFile(path, { maxBytes: 10 })).toString(), '0123456789');
    await assert.rejects(readRegularFile(path, { maxBytes: 9 }), { code: 'TOO_LARGE' });
    await assert.rejects(
      readRegularFile(path, { maxBytes: 10, signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
    const aborting = new AbortController();
    const reading = readRegularFile(path, { maxBytes: 10, signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await assert.rejects(reading, /enough/);
    const missing = { code: 'ENOENT' };
    await assert.rejects(readRegularFile(folder.path('missing'), { maxBytes: 10 }), missing);
  });

  it('are written for their owner alone, also where a file stood that others could read', async function () {
    if (process.platform === 'win32') return;
    const log = new FrameLog({ spillDir: null });
    const source = { log, secrets: [], connections: [], notes: [], header: () => header };
    for (const format of ['wsrec', 'har', 'jsonl'] as const) {
      const path = folder.path(`export.${format}`);
      await exportSource(source, format, path);
      assert.equal(statSync(path).mode & 0o777, 0o600, format);
      chmodSync(path, 0o644);
      await exportSource(source, format, path);
      assert.equal(statSync(path).mode & 0o777, 0o600, `${format} again`);
    }
    await log.dispose();
    const path = folder.path('export.wsrec');
    chmodSync(path, 0o644);
    await (await RecordingWriter.open({ path, header, redactor: new Redactor([]) })).close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('are not left behind by half, where nothing stood before', async () => {
    const path = folder.path('half');
    const failing = async (handle: { writeFile(text: string): Promise<void> }) => {
      await handle.writeFile('half');
      throw new Error('the disk is full');
    };
    await assert.rejects(writePrivateFile(path, 'wx', failing), /full/);
    assert.equal(existsSync(path), false);
    await writePrivateFile(path, 'wx', (handle) => handle.writeFile('whole'));
    await assert.rejects(
      writePrivateFile(path, 'wx', async () => {}),
      { code: 'EEXIST' },
    );
    await assert.rejects(writePrivateFile(path, 'w', failing), /full/);
    assert.equal(existsSync(path), true);
  });

  it('that are too large for a message end a probe with exit code 2, and words', async () => {
    writeFileSync(folder.path('large'), '');
    truncateSync(folder.path('large'), 64 * 1024 * 1024 + 1);
    const server = await UpgradeServer.start();
    try {
      const profile = { url: server.url(), message: { send: { file: 'large' }, expect: 'any' } };
      writeFileSync(folder.path('large.wsprobe'), JSON.stringify(profile));
      const io = fakeIo({ env: { NO_PROXY: '*' } });
      assert.equal(await runCli(['probe', folder.path('large.wsprobe')], io), 2);
      assert.match(io.out(), /large is larger than 64 MiB/);
    } finally {
      await server.stop();
    }
  });
});
