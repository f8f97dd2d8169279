import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../host/paths.js';

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly filename: string;
}

const importRule = 'eslint(no-restricted-imports)';

// [file, what it must not import]
const broken: readonly (readonly [file: string, imported: string])[] = [
  ['src/core/session/log.ts', 'vscode'],
  ['src/core/frames/frameDecoder.ts', 'ws'],
  ['src/core/frames/sender.ts', 'ws/lib/sender.js'],
  ['src/core/frames/toHost.ts', '../../host/panel.js'],
  ['src/core/close/toEngine.ts', '../../engine/client.js'],
  ['src/core/probe/toCli.ts', '../../cli/wsprobe.js'],
  ['src/core/probe/toProtocol.ts', '../../protocol/channel.js'],
  ['src/core/diagnosis/toWebview.ts', '../../../webview/view.js'],
  ['src/core/diagnosis/toExtension.ts', '../../extension.js'],
  ['src/core/redaction/redactor.ts', '../../host/log.js'],
  ['src/core/base/model.ts', './errors.js'],
  ['src/core/base/model.ts', 'node:fs'],
  ['src/core/transport/socket.ts', 'vscode'],
  ['src/core/transport/toHost.ts', '../../host/log.js'],
  ['src/core/playground/server.ts', '../../engine/worker.js'],
  ['src/protocol/engine.ts', 'vscode'],
  ['src/protocol/channel.ts', 'node:worker_threads'],
  ['src/protocol/inspector.ts', '../host/panel.js'],
  ['src/engine/worker.ts', 'vscode'],
  ['src/engine/socket.ts', 'ws'],
  ['src/engine/toHost.ts', '../host/panel.js'],
  ['src/engine/client.ts', 'vscode'],
  ['src/engine/client.ts', '../core/probe/runProbe.js'],
  ['src/engine/client.ts', '../core/transport/connect.js'],
  ['src/engine/client.ts', '../core/playground/startPlayground.js'],
  ['src/cli/wsprobe.ts', 'vscode'],
  ['src/cli/connect.ts', 'ws'],
  ['src/cli/toHost.ts', '../host/log.js'],
  ['src/cli/toEngine.ts', '../engine/client.js'],
  ['src/host/panel.ts', 'ws'],
  ['src/host/socket.ts', 'node:net'],
  ['src/host/secureSocket.ts', 'node:tls'],
  ['src/host/request.ts', 'node:http'],
  ['src/host/secureRequest.ts', 'https'],
  ['src/host/session.ts', 'node:http2'],
  ['src/host/probe.ts', '../core/probe/runProbe.js'],
  ['src/host/playground.ts', '../core/playground/startPlayground.js'],
  ['src/host/frames.ts', '../core/frames/frameDecoder.js'],
  ['src/host/worker.ts', '../engine/worker.js'],
  ['src/host/tree/deep.ts', '../../core/transport/connect.js'],
  ['src/host/toolkit.ts', '@vscode/webview-ui-toolkit'],
  ['src/extension.ts', './core/probe/runProbe.js'],
  ['src/extension.ts', 'node:net'],
  ['webview/view.tsx', '@vscode/webview-ui-toolkit'],
  ['webview/deep/view.ts', '@vscode/webview-ui-toolkit/dist/button/index.js'],
  ['webview/files.ts', 'node:fs'],
  ['webview/socket.ts', 'ws'],
  ['webview/host.ts', 'vscode'],
  ['webview/toHost.tsx', '../src/host/panel.js'],
  ['webview/toEngine.ts', '../src/engine/client.js'],
  ['webview/toProfile.ts', '../src/core/profile/parseProfile.js'],
  ['webview/toRedaction.ts', '../src/core/redaction/redactor.js'],
  ['webview/views/toCore.tsx', '../../src/core/diagnosis/diagnose.js'],
  ['webview/controls.ts', '../src/core/base/model.js'],
];

const allowed: readonly (readonly [file: string, imported: string])[] = [
  ['src/core/frames/frameLog.ts', '../base/model.js'],
  ['src/core/probe/runProbe.ts', '../transport/connect.js'],
  ['src/core/transport/connect.ts', 'ws'],
  ['src/core/playground/echo.ts', 'ws'],
  ['src/protocol/report.ts', '../core/base/model.js'],
  ['src/engine/serve.ts', '../core/probe/runProbe.js'],
  ['src/cli/probe.ts', '../core/probe/runProbe.js'],
  ['src/host/run.ts', '../engine/client.js'],
  ['src/host/editor.ts', 'vscode'],
  ['src/host/diagnostics.ts', '../core/profile/parseProfile.js'],
  ['webview/controls.tsx', 'preact'],
  ['webview/report.ts', '../src/core/base/model.js'],
  ['webview/messages.ts', '../src/protocol/inspector.js'],
  ['webview/controls.ts', '@vscode/webview-ui-toolkit'],
];

describe('the fences between the rooms', () => {
  let house: string;

  before(async () => {
    house = await mkdtemp(join(tmpdir(), 'wsprobe-fences-'));
    for (const file of ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json', 'webview/tsconfig.json']) {
      await mkdir(dirname(join(house, file)), { recursive: true });
      await cp(join(repositoryRoot, file), join(house, file));
    }
    await symlink(join(repositoryRoot, 'node_modules'), join(house, 'node_modules'), 'junction');
  });

  after(() => rm(house, { recursive: true, force: true }));

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(house, file)), { recursive: true });
    await writeFile(join(house, file), text);
  };

  const lint = async (files: readonly string[], ...flags: readonly string[]): Promise<readonly Diagnostic[]> => {
    const { stdout } = await runTool('oxlint/bin/oxlint', ['--format=json', ...flags, ...files], house);
    return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  };

  for (const [file, imported] of broken) {
    it(`${file} may not import ${imported}`, async () => {
      await write(file, `import { thing } from '${imported}';\nexport const value = thing;\n`);
      const diagnostics = await lint([file]);
      deepStrictEqual(
        diagnostics.map((each) => [each.code, each.filename.replaceAll('\\', '/')]),
        [[importRule, file]],
      );
    });
  }

  for (const [file, imported] of allowed) {
    it(`${file} may import ${imported}`, async () => {
      await write(file, `import { thing } from '${imported}';\nexport const value = thing;\n`);
      deepStrictEqual(await lint([file]), []);
    });
  }

  it('core may not print', async () => {
    await write('src/core/loud.ts', `console.log('hello');\nexport const value = 1;\n`);
    deepStrictEqual(
      (await lint(['src/core/loud.ts'])).map((each) => each.code),
      ['eslint(no-console)'],
    );
  });

  it('a floating promise and an any are errors', async () => {
    await write(
      'src/core/floating.ts',
      `export function forget(work: () => Promise<void>): void {\n  work();\n}\nexport const loose = (value: any): unknown => value;\n`,
    );
    deepStrictEqual((await lint(['src/core/floating.ts'], '--type-aware')).map((each) => each.code).sort(), [
      'typescript(no-explicit-any)',
      'typescript(no-floating-promises)',
    ]);
  });

  it('the sources have no DOM and the webview has no Node', async () => {
    await rm(join(house, 'src'), { recursive: true, force: true });
    await rm(join(house, 'webview'), { recursive: true, force: true });
    await cp(join(repositoryRoot, 'webview/tsconfig.json'), join(house, 'webview/tsconfig.json'));
    await write('webview/controls.ts', `export { provideVSCodeDesignSystem } from '@vscode/webview-ui-toolkit';\n`);
    await write('src/core/page.ts', `export const title = document.title;\n`);
    await write('webview/folder.ts', `export const folder = process.cwd();\n`);
    await write('webview/read.ts', `import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');\n`);
    const sources = await runTool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json'], house);
    match(sources.stdout, /src[\\/]core[\\/]page\.ts.*Cannot find name 'document'/);
    const webview = await runTool('typescript/bin/tsc', ['--noEmit', '-p', 'webview/tsconfig.json'], house);
    match(webview.stdout, /webview[\\/]folder\.ts.*Cannot find name 'process'/);
    match(webview.stdout, /webview[\\/]read\.ts.*node:fs/);
    ok(sources.code !== 0 && webview.code !== 0);
  });
});

function runTool(tool: string, args: readonly string[], cwd: string): Promise<{ stdout: string; code: number }> {
  return new Promise((done) => {
    execFile(process.execPath, [join(repositoryRoot, 'node_modules', tool), ...args], { cwd }, (error, stdout) => {
      done({ stdout, code: error === null ? 0 : Number(error.code ?? 1) });
    });
  });
}
