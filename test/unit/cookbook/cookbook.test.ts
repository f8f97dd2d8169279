import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import type { Report } from '../../../src/core/base/model.js';
import { fakeIo } from '../cli/fakeIo.js';
import { useTempFolder } from '../record/temp.js';
import { BROKEN, type Broken } from './broken.js';
import { type Software, startSoftware } from './software.js';
import { startSpoiler } from './spoiler.js';

const names = readdirSync('examples/cookbook').filter((name) => name.endsWith('.wsprobe'));
const document = readFileSync('docs/COOKBOOK.md', 'utf8');
const PASSWORD = 'playground';

describe('cookbook', () => {
  const folder = useTempFolder();
  let software: Software;
  before(async () => {
    software = await startSoftware();
  });
  after(() => software.stop());

  async function run(target: string, server: string, ...more: readonly string[]) {
    const io = fakeIo();
    const argv = ['run', target, '--var', `server=${server}`, '--secret', `orders=${PASSWORD}`, ...more];
    const exitCode = await runCli(argv, io);
    return { exitCode, out: io.out(), err: io.err() };
  }

  it('is healthy, all of it', async function () {
    this.timeout(180_000);
    const { exitCode, out, err } = await run('examples/cookbook', software.url, '--var', 'room=all');
    // How evenly a busy machine answers is not for an example to say.
    assert.match(out, new RegExp(`^${names.length} probes: .*, 0 down`, 'm'), `${out}\n${err}`);
    assert.equal(exitCode, 0);
  });

  it('is healthy against the playground, where it says so', async () => {
    const files = 'examples/cookbook/{login,chat,heartbeat,graphql-subscription}.wsprobe';
    const { exitCode, out } = await run(files, software.playground);
    assert.match(out, /^4 probes: .*, 0 down/m, out);
    assert.equal(exitCode, 0);
  });

  it('has a section for each', () => {
    assert.deepEqual(
      names.filter((name) => !document.includes(`[${name}](../examples/cookbook/${name})`)),
      [],
    );
  });

  it('has a server that answers wrongly for each', () => {
    assert.deepEqual([...new Set(BROKEN.map(({ file }) => `${file}.wsprobe`))].sort(), [...names].sort());
  });

  describe('beside servers that answer wrongly', () => {
    const runs = new Map<Broken, Awaited<ReturnType<typeof runBroken>>>();
    // Most wait for an answer that never comes: all at once.
    before(async function () {
      this.timeout(180_000);
      await Promise.all(BROKEN.map(async (broken, index) => runs.set(broken, await runBroken(broken, index))));
    });

    async function runBroken({ file, spoil }: Broken, index: number) {
      const spoiler = await startSpoiler(software.url, spoil);
      try {
        const reports = folder.path(String(index));
        const own = ['--reports', reports, '--var', `queue=/topic/${index}`, '--var', `topic=t/${index}`];
        const told = await run(`examples/cookbook/${file}.wsprobe`, spoiler.url, ...own);
        const [report = ''] = readdirSync(reports);
        return { ...told, report: readFileSync(join(reports, report), 'utf8') };
      } finally {
        spoiler.stop();
      }
    }

    for (const broken of BROKEN) {
      const { file, step, expected, actual } = broken;
      it(`${file} fails at "${step}"`, () => {
        const { exitCode, out, report } = runs.get(broken)!;
        assert.equal(exitCode, 1, out);
        assert.match(out, new RegExp(`✘ step \\d+ of \\d+: (\\w+: )?${step}`), out);
        const failed = (JSON.parse(report) as Report).steps.find(({ status }) => status === 'failed');
        assert.equal(failed?.name, step);
        assert.match(failed.expected ?? '', expected);
        assert.match(failed.actual ?? '', actual);
        if (BROKEN.find((each) => each.file === file) === broken) {
          const told = out.match(/^ +(?:✘ step|expected|nearest|differs) .*$/gm) ?? [];
          const block = ['```text', ...told.map((line) => line.slice(4)), '```'].join('\n');
          assert.ok(document.includes(block), block);
        }
        assert.doesNotMatch(report + out, /"password":\s*\\?"playground/);
      });
    }
  });
});
