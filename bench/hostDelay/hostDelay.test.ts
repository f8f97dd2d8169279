import { ok } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { quiet } from '../quiet.js';

const IDLE_MS = 2000;
const FLOOD_MS = 5000;
/** The monitor's own timer: what it shows of a loop that is never late. */
const RESOLUTION_MS = 1;

interface Delay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

describe('a flood', () => {
  it('leaves the extension host free while the inspector shows it', async () => {
    const url = process.env['WSPROBE_FLOOD_URL'] ?? '';
    await vscode.extensions.getExtension('wsprobe.wsprobe')?.activate();
    await quiet();
    const idle = await delayOver(IDLE_MS);
    const { sessionId } = await vscode.commands.executeCommand<{ sessionId: string }>('wsprobe.connect', url);
    const flood = await delayOver(FLOOD_MS);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    ok(tab?.input instanceof vscode.TabInputWebview, 'the inspector is shown');
    // It fails when the peer had written all it has: then part of the time was without a flood.
    await vscode.commands.executeCommand('wsprobe.session.send', sessionId, 'still there');
    await vscode.commands.executeCommand('wsprobe.session.forget', sessionId);
    writeFileSync(process.env['WSPROBE_DELAY_FILE'] ?? '', JSON.stringify({ idle, flood }));
  });
});

async function delayOver(ms: number): Promise<Delay> {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  await new Promise((done) => setTimeout(done, ms));
  monitor.disable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return { p50Ms: late(monitor.percentile(50)), p99Ms: late(monitor.percentile(99)), maxMs: late(monitor.max) };
}
