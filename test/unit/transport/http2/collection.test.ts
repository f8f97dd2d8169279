import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

describe('an HTTP/2 answer that Node refuses halfway', () => {
  it('is collected without ending the process, and nothing of it stays', async () => {
    const script = fileURLToPath(new URL('collectRefused.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import=tsx', script]);
    assert.equal(stdout, '0 sessions left\n');
  });
});
