import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readAll } from './samples.js';
import { useTempFolder } from './temp.js';

describe('a recorder that is killed', () => {
  const folder = useTempFolder();

  it('leaves every frame behind that it had recorded a turn before', async () => {
    const path = folder.path('killed.wsrec');
    const child = spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, 'recorder.ts'), path]);
    const closed = once(child, 'close');
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > 20) child.kill('SIGKILL');
    });
    await closed;
    const recorded = Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
    assert.ok(recorded >= 1000);
    const { all, summary } = await readAll(path);
    assert.ok(all.length >= recorded, `${all.length} of ${recorded}`);
    assert.ok(all.every((line, index) => line.type === 'frame' && line.index === index));
    assert.equal(summary.badLines, 0);
  });
});
