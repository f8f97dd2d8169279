import { deepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostStrings, pageStrings } from '../../scripts/shownStrings.mjs';
import { repositoryRoot } from '../host/paths.js';

describe('what people read in the editor', () => {
  it('comes by vscode.l10n or by translated, and the bundle for translators has all of it', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/l10n.mjs', '--check'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    });
    deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  it('is found where it does not', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wsprobe-l10n-')));
    try {
      writeFileSync(join(folder, 'tsconfig.json'), '{ "include": ["*.ts"] }');
      writeFileSync(
        join(folder, 'view.ts'),
        [
          "import * as vscode from 'vscode';",
          'export function view(name: string, log: any, controller: AbortController): unknown {',
          "  vscode.l10n.t('Known to {0}', name || 'Nobody yet');",
          '  vscode.l10n.t(`Made of ${name}`);',
          '  log.warn(`Session ${name}: lost`);',
          "  controller.abort(new Error('Not wanted'));",
          "  if (name === '') throw new Error('No name');",
          "  const item = { id: 'session.lost', tooltip: `$(error) ${name}`, description: 'lost' };",
          '  item.tooltip = `${name} is lost`;',
          "  return [item, 'two words', `${name}: ${name}`, 'wss://host/path'];",
          '}',
        ].join('\n'),
      );
      const { bare, messages, unfixed } = hostStrings(join(folder, 'tsconfig.json'), /^view\.ts$/, folder);
      deepStrictEqual(
        bare.map(({ at, text }) => `${at} ${text}`),
        ['view.ts:3 Nobody yet', 'view.ts:7 No name', 'view.ts:8 lost', 'view.ts:9 {} is lost', 'view.ts:10 two words'],
      );
      deepStrictEqual(messages, ['Known to {0}']);
      deepStrictEqual(unfixed, [{ at: 'view.ts:4', text: 'Made of {}' }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is found on a page where it is in no table of words', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wsprobe-l10n-')));
    try {
      writeFileSync(
        join(folder, 'tsconfig.json'),
        '{ "include": ["*.tsx"], "compilerOptions": { "jsx": "preserve" } }',
      );
      writeFileSync(
        join(folder, 'page.tsx'),
        [
          'declare function translated<T>(words: T): T;',
          "const words = translated({ title: 'Frames', 'a/b': { one: '1 frame' }, made: `${1} frames` });",
          'export const page = (',
          '  <p class="two words" title="Shown">',
          '    {words.title} read 5 ms HTTP/2',
          "    {'Not in a table'}",
          '  </p>',
          ');',
        ].join('\n'),
      );
      const { bare, messages, unfixed } = pageStrings(join(folder, 'tsconfig.json'), /^page\.tsx$/, folder);
      deepStrictEqual(
        bare.map(({ at, text }) => `${at} ${text.trim()}`),
        ['page.tsx:4 Shown', 'page.tsx:5 read 5 ms HTTP/2', 'page.tsx:6 Not in a table'],
      );
      deepStrictEqual(messages, ['1 frame', 'Frames']);
      deepStrictEqual(unfixed, [{ at: 'page.tsx:2', text: '{} frames' }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stands in package.nls.json as far as the manifest says it, and nothing else does', () => {
    const manifest = readFileSync(join(repositoryRoot, 'package.json'), 'utf8');
    const words = JSON.parse(readFileSync(join(repositoryRoot, 'package.nls.json'), 'utf8')) as object;
    const asked = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key = '']) => key));
    deepStrictEqual([...asked].toSorted(), Object.keys(words).toSorted());
    const { contributes } = JSON.parse(manifest) as { contributes: unknown };
    deepStrictEqual(bareOf(contributes), []);
  });
});

const SHOWN = /^(title|shortTitle|label|description|markdownDescription|contents|enumDescriptions|displayName)$/;
/** Names, and what belongs to the schema of a language. */
const NAMES = /^(WebSocket|wsprobe)( |$)|^WebSocket$/;

/** Texts of the manifest that do not come from package.nls.json. What a model reads of a tool's input is for no person. */
function bareOf(value: unknown, name = ''): readonly string[] {
  if (name === 'inputSchema') return [];
  if (typeof value === 'string')
    return SHOWN.test(name) && !/^%[\w.]+%$/.test(value) && !NAMES.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => bareOf(each, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => bareOf(each, key));
}
