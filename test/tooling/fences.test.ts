import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CORE_ROOMS, JOBS, SOCKET_ROOMS } from '../../scripts/rooms.mjs';
import { repositoryRoot } from '../host/paths.js';

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly filename: string;
}

const importRule = 'eslint(no-restricted-imports)';

type Import = readonly [file: string, imported: string];

function doorOf(room: string): string {
  return room === JOBS ? `${room}.js` : `${room}/thing.js`;
}

/** Every room of core, importing each room that stands behind it, from the room and from a folder inside it. */
const againstTheOrder: readonly Import[] = CORE_ROOMS.flatMap((room, index) =>
  CORE_ROOMS.slice(index + 1).flatMap((later): Import[] => [
    [`src/core/${room}/to${later}.ts`, `../${doorOf(later)}`],
    [`src/core/${room}/inside/to${later}.ts`, `../../${doorOf(later)}`],
  ]),
);

const FOLDERS = CORE_ROOMS.filter((room) => room !== JOBS);

const alongTheOrder: readonly Import[] = FOLDERS.flatMap((room, index) =>
  FOLDERS.slice(0, index).map((earlier): Import => [`src/core/${room}/from${earlier}.ts`, `../${earlier}/thing.js`]),
);

const ROUND_CORE = [
  '../../host/panel.js',
  '../../engine/client.js',
  '../../cli/wsprobe.js',
  '../../mcp/server.js',
  '../../protocol/channel.js',
  '../../../webview/view.js',
  '../../extension.js',
];

const outOfCore: readonly Import[] = FOLDERS.flatMap((room) => [
  ...ROUND_CORE.map((imported, index): Import => [`src/core/${room}/out${index}.ts`, imported]),
  [`src/core/${room}/editor.ts`, 'vscode'],
  [`src/core/${room}/toolkit.ts`, '@vscode/webview-ui-toolkit'],
  ...(SOCKET_ROOMS.includes(room)
    ? []
    : ([
        [`src/core/${room}/socket.ts`, 'ws'],
        [`src/core/${room}/sender.ts`, 'ws/lib/sender.js'],
      ] as const)),
]);

const broken: readonly Import[] = [
  ...againstTheOrder,
  ...outOfCore,
  ['src/protocol/engine.ts', 'vscode'],
  ['src/protocol/channel.ts', 'node:worker_threads'],
  ['src/protocol/inspector.ts', '../host/panel.js'],
  ['src/engine/worker.ts', 'vscode'],
  ['src/engine/socket.ts', 'ws'],
  ['src/engine/toHost.ts', '../host/panel.js'],
  ['src/engine/client.ts', 'vscode'],
  ['src/engine/client.ts', '../core/probe/runProbe.js'],
  ['src/engine/client.ts', '../core/run/connectionRun.js'],
  ['src/engine/client.ts', '../core/transport/connect.js'],
  ['src/engine/client.ts', '../core/playground/startPlayground.js'],
  ['src/cli/wsprobe.ts', 'vscode'],
  ['src/cli/connect.ts', 'ws'],
  ['src/cli/toHost.ts', '../host/log.js'],
  ['src/cli/toEngine.ts', '../engine/client.js'],
  ['src/mcp/toCli.ts', '../cli/target.js'],
  ['src/mcp/toEngine.ts', '../engine/client.js'],
  ['src/mcp/editor.ts', 'vscode'],
  ['src/mcp/socket.ts', 'ws'],
  ['src/host/toMcp.ts', '../mcp/server.js'],
  ['src/engine/toMcp.ts', '../mcp/server.js'],
  ['src/host/panel.ts', 'ws'],
  ['src/host/socket.ts', 'node:net'],
  ['src/host/secureSocket.ts', 'node:tls'],
  ['src/host/request.ts', 'node:http'],
  ['src/host/secureRequest.ts', 'https'],
  ['src/host/session.ts', 'node:http2'],
  ['src/host/probe.ts', '../core/probe/runProbe.js'],
  ['src/host/run.ts', '../core/run/connectionRun.js'],
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
  ['src/host/session.ts', '../core/session/session.js'],
  ['src/host/run.ts', '../core/run/report.js'],
  ['src/host/jobs.ts', '../core/jobs.js'],
  ['webview/toFrames.ts', '../src/core/frames/frameDecoder.js'],
];

const allowed: readonly Import[] = [
  ...alongTheOrder,
  ...SOCKET_ROOMS.map((room): Import => [`src/core/${room}/connect.ts`, 'ws']),
  ['src/protocol/report.ts', '../core/base/model.js'],
  ['src/engine/serve.ts', '../core/probe/runProbe.js'],
  ['src/cli/probe.ts', '../core/probe/runProbe.js'],
  ['src/cli/agent.ts', '../mcp/server.js'],
  ['src/mcp/probe.ts', '../core/probe/runProbe.js'],
  ['src/host/run.ts', '../engine/client.js'],
  ['src/host/editor.ts', 'vscode'],
  ['src/host/diagnostics.ts', '../core/profile/parseProfile.js'],
  ['webview/controls.tsx', 'preact'],
  ['webview/report.ts', '../src/core/base/model.js'],
  ['webview/messages.ts', '../src/protocol/inspector.js'],
  ['webview/controls.ts', '@vscode/webview-ui-toolkit'],
  ['webview/durations.ts', '../src/core/text/duration.js'],
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

  /** One file an import, all linted at once: what each was told, by file. */
  const lintImports = async (imports: readonly Import[]): Promise<ReadonlyMap<string, string[]>> => {
    for (const folder of ['src', 'webview']) await rm(join(house, folder), { recursive: true, force: true });
    for (const [file, imported] of imports) {
      await write(file, `import { thing } from '${imported}';\nexport const value = thing;\n`);
    }
    const told = new Map<string, string[]>();
    for (const { code, filename } of await lint(['src', 'webview'])) {
      const file = filename.replaceAll('\\', '/');
      told.set(file, [...(told.get(file) ?? []), code]);
    }
    return told;
  };

  it('are those of the table of the rooms', async () => {
    const { code } = await runTool('../scripts/lintRules.mjs', ['--check'], repositoryRoot);
    deepStrictEqual(code, 0, 'run `npm run lint:rules`');
  });

  it('stop every import against the order, and every one between the products', async () => {
    const told = await lintImports(broken);
    const missed = broken.filter(([file]) => told.get(file)?.join() !== importRule);
    deepStrictEqual(missed, []);
    ok(told.size > 250);
  });

  it('let every other import pass', async () => {
    deepStrictEqual([...(await lintImports(allowed))], []);
  });

  it('let no circle stand in core, not of types either', async () => {
    await write('src/core/base/one.ts', "import type { Two } from './two.js';\nexport type One = Two | 1;\n");
    await write('src/core/base/two.ts', "import type { One } from './one.js';\nexport type Two = One | 2;\n");
    const codes = (await lint(['src/core/base/one.ts', 'src/core/base/two.ts'])).map((each) => each.code);
    deepStrictEqual(codes, ['import(no-cycle)', 'import(no-cycle)']);
  });

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
