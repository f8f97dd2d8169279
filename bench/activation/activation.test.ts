import { ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { quiet } from '../quiet.js';

interface Loader {
  _load: (request: string, ...rest: unknown[]) => unknown;
}

interface Activation {
  activate: (...args: unknown[]) => unknown;
}

describe('activation', () => {
  it('is timed: loading the code, and activate until it has settled', async () => {
    const extension = vscode.extensions.getExtension('wsprobe.wsprobe');
    ok(extension, 'the extension is installed');
    strictEqual(extension.isActive, false, 'nothing has activated it yet');
    const times = timeLoadAndActivate(join(extension.extensionPath, 'dist', 'extension'));
    await quiet();
    await extension.activate();
    ok(times.loadMs > 0 && times.activateMs > 0, 'both were seen');
    writeFileSync(process.env['WSPROBE_ACTIVATE_FILE'] ?? '', JSON.stringify(times));
  });
});

/** What VS Code shows under "Running Extensions": the time of `require` and of the call, without its own preparations. */
function timeLoadAndActivate(file: string): { loadMs: number; activateMs: number } {
  const times = { loadMs: 0, activateMs: 0 };
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function (this: unknown, request, ...rest) {
    // Others have a file of this name too.
    if (request !== file && request !== `${file}.js`) return load.call(this, request, ...rest);
    loader._load = load;
    const startedAt = performance.now();
    const loaded = load.call(this, request, ...rest) as Activation;
    times.loadMs = performance.now() - startedAt;
    return {
      ...loaded,
      activate: async (...args: unknown[]) => {
        const calledAt = performance.now();
        const result = await loaded.activate(...args);
        times.activateMs = performance.now() - calledAt;
        return result;
      },
    };
  };
  return times;
}
