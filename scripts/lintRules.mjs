// Writes the import rules of .oxlintrc.json from the order of the rooms (scripts/rooms.mjs).
// Usage: node scripts/lintRules.mjs [--check]: with --check nothing is written, and an outdated file is an error.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importOverrides } from './rooms.mjs';
import { bin } from './stages.mjs';

const path = fileURLToPath(new URL('../.oxlintrc.json', import.meta.url));
const written = readFileSync(path, 'utf8');
const config = JSON.parse(written);
const made = new Set(importOverrides().flatMap(({ rules }) => Object.keys(rules)));
const others = config.overrides.filter(({ rules }) => !Object.keys(rules).some((rule) => made.has(rule)));
const text = JSON.stringify({ ...config, overrides: [...importOverrides(), ...others] }, null, 2);
const formatted = execFileSync(
  process.execPath,
  [bin('@biomejs/biome/bin/biome'), 'format', '--stdin-file-path=.oxlintrc.json'],
  {
    input: text,
    encoding: 'utf8',
  },
);

if (!process.argv.includes('--check')) writeFileSync(path, formatted);
else if (formatted !== written) {
  process.stderr.write(
    'The import rules of .oxlintrc.json are not those of scripts/rooms.mjs: run `npm run lint:rules`.\n',
  );
  process.exitCode = 1;
}
