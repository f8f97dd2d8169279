import { deepStrictEqual, equal, match } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Playground, startPlayground } from '../../../src/core/playground/startPlayground.js';
import { type BuiltCli, buildCli } from './builtCli.js';

/** What the line of each row has to say, in the order of the table. */
const SAYS: readonly RegExp[] = [
  /^$/,
  /^hello\n$/,
  /^a\nb\n$/,
  /^$/,
  /^$/,
  /^$/,
  /^$/,
  /^$/,
  /^hello\n$/,
  /Sec-WebSocket-Accept/i,
];

describe('the table for who comes from wscat, websocat or curl', () => {
  let cli: BuiltCli;
  let playground: Playground;
  let folder: string;
  before(async function () {
    if (process.platform === 'win32') return this.skip();
    this.timeout(60_000);
    cli = await buildCli();
    playground = await startPlayground({ port: 0 });
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-table-'));
  });
  after(async () => {
    await playground?.stop();
    await cli?.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const section = /## Coming from wscat, websocat or curl\n([^]*?)\n## /.exec(
    readFileSync('docs/TERMINAL.md', 'utf8'),
  )?.[1];
  const lines = Array.from((section ?? '').matchAll(/^\|.*\| `(wsprobe [^`]*)` \|$/gm), ([, line = '']) => line);

  it('has ten jobs', () => deepStrictEqual([lines.length, SAYS.length], [10, 10]));

  lines.forEach((line, index) =>
    it(line, async function () {
      this.timeout(30_000);
      const { port } = new URL(playground.http);
      const script = `exec "$0" "$1" ${line.replace(/^wsprobe /, '').replaceAll(':4480', `:${port}`)}`;
      const argv = ['-c', script, process.execPath, cli.path];
      const env = { ...process.env, NO_COLOR: '1' };
      const { code, out, err } = await new Promise<{ code: unknown; out: string; err: string }>((done) => {
        const child = execFile('sh', argv, { cwd: folder, env }, (error, out, err) =>
          done({ code: error?.code ?? 0, out, err }),
        );
        child.stdin?.end();
      });
      equal(code, 0, err);
      match(out, SAYS[index] ?? /^never$/);
    }),
  );
});
