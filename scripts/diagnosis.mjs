// Writes docs/DIAGNOSIS.md from the rules and the tests: npm run docs:diagnosis. With --check it only says whether it is up to date.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_FINDING_IDS, FINDING_DEFAULTS } from '../src/core/diagnosis/findingIds.ts';
import { FINDING_MEANINGS } from '../src/core/diagnosis/meanings.ts';
import { KNOWN_SOURCES } from '../src/core/diagnosis/knownSources.ts';

const target = 'docs/DIAGNOSIS.md';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const servers = await sources([
  'test/unit/probe/findings.test.ts',
  'test/unit/probe/waysThere.ts',
  'test/unit/probe/tlsFaults.ts',
  ...(await testsIn('test/unit/session')),
  ...(await testsIn('test/unit/lab')),
]);
const peers = await sources(await testsIn('test/peers'));
const evidence = await sources(await testsIn('test/unit/diagnosis'));

const text = `# Findings

Every id that a report can hold under \`findings\`, in the order in which findings of one severity are told. The layer says where the fault lies unless the rule knows better; an error can become a warning where only the end of a probe went wrong.

*Proved by* names the tests: **server** is a probe of a server, proxy or network that really behaves so, **software** the same against software that people run (\`npm run test:peers\`), **evidence** the rule alone on what such a run sees.

| id | layer | severity | what it means | proved by |
| --- | --- | --- | --- | --- |
${ALL_FINDING_IDS.map(row).join('\n')}

# Who is known

Answers that are told by who gives them: what this software means by it comes before what HTTP means by the status. **run** is a software whose bytes were taken from a run of it, **read** one whose source or documentation was read, **reported** one of which only public reports are known, or whose source was named without being opened. Where a byte is missing nobody is named.

| who | what its answer means | known from |
| --- | --- | --- |
${Object.values(KNOWN_SOURCES).map(known).join('\n')}

Written by \`npm run docs:diagnosis\` from \`src/core/diagnosis\`.
`;

if (process.argv.includes('--check')) {
  const written = await readFile(target, 'utf8').catch(() => '');
  if (written !== text) {
    process.stderr.write(`${target} is out of date: run "npm run docs:diagnosis".\n`);
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

function row(id) {
  const { layer, severity } = FINDING_DEFAULTS[id];
  return `| \`${id}\` | ${layer} | ${severity} | ${FINDING_MEANINGS[id]} | ${proofs(id)} |`;
}

function known({ who, means, run, read, reported }) {
  const from = [run && `run: ${run}`, read && `read: ${read}`, reported && `reported: ${reported}`]
    .filter(Boolean)
    .join('; ');
  return `| ${who} | ${means} | ${from.replaceAll('|', '\\|')} |`;
}

function proofs(id) {
  const kinds = [
    ['server', naming(servers, id)],
    ['software', naming(peers, id)],
    ['evidence', naming(evidence, id)],
  ];
  return kinds
    .filter(([, files]) => files.length > 0)
    .map(([kind, files]) => `${kind}: ${files.map(link).join(', ')}`)
    .join('; ');
}

function naming(files, id) {
  const named = new RegExp(`['" ]${id.replaceAll('.', '\\.')}[' "]`);
  return files.filter(({ source }) => named.test(source)).map(({ path }) => path);
}

function link(path) {
  return `[${path.slice(path.lastIndexOf('/') + 1).replace(/(\.test)?\.ts$/, '')}](../${path})`;
}

async function testsIn(folder) {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .sort();
}

// Lists of what a file does not prove are left out.
async function sources(paths) {
  return Promise.all(
    paths.map(async (path) => {
      const source = await readFile(path, 'utf8');
      return { path, source: source.replace(/const (BY_EVIDENCE_ONLY|DIFFERENTIAL_IDS) = \[[^\]]*\];/, '') };
    }),
  );
}
