import { ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

describe('activation', () => {
  it('is timed from the request to load until activate has settled', async () => {
    const extension = vscode.extensions.getExtension('wsprobe.wsprobe');
    ok(extension, 'the extension is installed');
    strictEqual(extension.isActive, false, 'nothing has activated it yet');
    const startedAt = performance.now();
    await extension.activate();
    const ms = performance.now() - startedAt;
    writeFileSync(process.env['WSPROBE_ACTIVATE_FILE'] ?? '', JSON.stringify({ ms }));
  });
});
