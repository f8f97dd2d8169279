import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SilentReporter, downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { repositoryRoot } from './paths.js';
import { quietSettings } from './server.js';
import type { SuiteOptions } from './suiteOptions.js';

const idleTimeoutMs = 15_000;

/** True when a display is there and the desktop VS Code can be downloaded (or was before). */
export async function canRunElectron(): Promise<boolean> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return false;
  try {
    await desktopVscode();
    return true;
  } catch {
    return false;
  }
}

/** Runs a suite in the desktop VS Code of WSPROBE_VSCODE_VERSION (`stable` unless set); resolves to its exit code. */
export async function runElectron(options: SuiteOptions): Promise<number> {
  const vscodeExecutablePath = await desktopVscode();
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-electron-'));
  try {
    await mkdir(join(data, 'user/User'), { recursive: true });
    await writeFile(
      join(data, 'user/User/settings.json'),
      JSON.stringify({ ...quietSettings, ...options.settings }, null, 2),
    );
    return await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: options.extensionDir,
      extensionTestsPath: options.suite,
      extensionTestsEnv: { ...options.env },
      launchArgs: [
        options.folder,
        `--user-data-dir=${join(data, 'user')}`,
        `--extensions-dir=${join(data, 'extensions')}`,
        '--disable-telemetry',
        '--disable-updates',
        '--skip-welcome',
        '--skip-release-notes',
        ...(options.trust === false ? [] : ['--disable-workspace-trust']),
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
  } finally {
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function desktopVscode(): Promise<string> {
  const version = process.env['WSPROBE_VSCODE_VERSION'] ?? 'stable';
  return downloadAndUnzipVSCode({
    version,
    cachePath: join(repositoryRoot, '.vscode-test'),
    timeout: idleTimeoutMs,
    reporter: new SilentReporter(),
  });
}
