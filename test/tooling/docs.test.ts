import { deepStrictEqual, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMAND_OPTIONS, COMMON_OPTIONS, type OptionTable } from '../../src/cli/optionTable.js';
import { repositoryRoot } from '../host/paths.js';

const DOCUMENTS = ['README.md', ...readdirSync(join(repositoryRoot, 'docs')).map((name) => `docs/${name}`)];
const read = (name: string): string => readFileSync(join(repositoryRoot, name), 'utf8');

describe('docs/CLI.md', () => {
  it('is what the options and the help of the command line say', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', 'scripts/cliReference.mjs', '--check'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    });
    deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  it('has a row for every option of every command', () => {
    const document = read('docs/CLI.md');
    for (const [command, groups] of Object.entries(COMMAND_OPTIONS)) {
      ok(document.includes(`\n## ${command}\n`), command);
      for (const options of Object.values<OptionTable>(groups)) {
        for (const name of Object.keys(options))
          ok(new RegExp(`^\\| \`(-\\w, )?--${name}[ \`]`, 'm').test(document), name);
      }
    }
    for (const name of Object.keys(COMMON_OPTIONS)) ok(document.includes(`--${name}\``), name);
  });
});

describe('the documents', () => {
  it('are all in the index', () => {
    const index = read('docs/README.md');
    deepStrictEqual(
      DOCUMENTS.filter((name) => !name.endsWith('README.md') && !index.includes(`](${name.slice('docs/'.length)})`)),
      [],
    );
  });

  it('are all reached from the README by one link or two', () => {
    const first = filesOf('README.md');
    const near = new Set([...first, ...first.filter((name) => name.endsWith('.md')).flatMap(filesOf)]);
    deepStrictEqual(
      DOCUMENTS.filter((name) => name !== 'README.md' && name !== 'docs/README.md' && !near.has(name)),
      [],
    );
  });

  for (const name of DOCUMENTS) {
    it(`${name} has links and pictures that lead somewhere`, () => {
      const broken = linksOf(name).filter(({ anchor, file }) => {
        if (!existsSync(join(repositoryRoot, file))) return true;
        return anchor !== '' && !anchorsOf(file).has(anchor);
      });
      deepStrictEqual(broken, []);
    });
  }
});

interface Link {
  /** From the root of the repository. */
  readonly file: string;
  readonly anchor: string;
}

function linksOf(name: string): readonly Link[] {
  return [...prose(read(name)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor = ''] = target.split('#');
    return [{ file: path === '' ? name : join(dirname(name), path).replaceAll('\\', '/'), anchor }];
  });
}

function filesOf(name: string): readonly string[] {
  return linksOf(name).map(({ file }) => file);
}

/** As GitHub makes them of headings. */
function anchorsOf(file: string): ReadonlySet<string> {
  return new Set(
    [...prose(read(file)).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Without what is code. */
function prose(markdown: string): string {
  return markdown
    .replaceAll(/^```[^]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (span) => span.replaceAll(/[[\]()]/g, ''));
}
