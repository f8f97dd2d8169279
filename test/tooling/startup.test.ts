import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extensionParts } from '../../scripts/extensionParts.mjs';
import { repositoryRoot } from '../host/paths.js';
import { bundleOutputs } from './bundles.js';

const MAIN = 'src/cli/main.ts';
const CONNECT = 'src/cli/commands/connect.ts';
/** Bytes of code; a release has half of what a build to debug has. */
const MAX_BYTES = { release: 480_000, debug: 1_200_000 };
const MAX_FILES = 18;

/** What a healthy `connect` over HTTP/1.1 in a pipe has no use for. */
const NOT_WANTED = [
  /^src\/core\/(diagnosis|steps|lab|convert|playground|probe)\//,
  /^src\/core\/transport\/(carriers\/http2|proxy\/(openTunnel|socks|connectDialogue))/,
  /^src\/core\/record\/recordingWriter/,
  /^src\/cli\/(render\/(report|text)|connect\/(transcript|jsonView|typedInput|lineEditor))\.ts$/,
  /^node_modules\/(json-p3|@cfworker|string-width|get-east-asian-width)\//,
];

interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

/** The files that are loaded before a plain `connect` connects: what it imports without asking for more. */
function loadedByConnect(): readonly Output[] {
  const outputs = allOutputs();
  const entries = Object.keys(outputs).filter((path) =>
    ['lazy:', ''].some((made) => [MAIN, CONNECT].some((source) => outputs[path]?.entryPoint === made + source)),
  );
  deepStrictEqual(entries.length, 2);
  return loadedWith(outputs, ['dist/cli/wsprobe.mjs', ...entries]);
}

/** The files that the engine's worker has loaded when it reads a profile. */
function loadedByProfile(): readonly Output[] {
  const outputs = allOutputs();
  const parts = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === 'part:profile');
  deepStrictEqual(parts.length, 1);
  return loadedWith(outputs, ['dist/engine/worker.mjs', ...parts]);
}

function allOutputs(): Readonly<Record<string, Output>> {
  return bundleOutputs() as Readonly<Record<string, Output>>;
}

function loadedWith(outputs: Readonly<Record<string, Output>>, entries: readonly string[]): readonly Output[] {
  const loaded = new Set(entries);
  for (const path of loaded) {
    for (const { external, kind, path: imported } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) loaded.add(imported);
  }
  return [...loaded].map((path) => outputs[path]).filter((output) => output !== undefined);
}

/** The modules of which code is left in these files. */
function modulesOf(outputs: readonly Output[]): readonly string[] {
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([name]) => name);
}

describe('what a plain connect loads', () => {
  it('is no more than it needs', () => {
    const names = modulesOf(loadedByConnect());
    ok(names.includes('src/core/session/session.ts'));
    deepStrictEqual(
      names.filter((name) => NOT_WANTED.some((pattern) => pattern.test(name))),
      [],
    );
  });

  it('is small, and lies in few files', () => {
    const loaded = loadedByConnect();
    const bytes = loaded.reduce((sum, output) => sum + output.bytes, 0);
    const isDebug = Object.keys(bundleOutputs()).some((path) => path.endsWith('.mjs.map'));
    const most = isDebug ? MAX_BYTES.debug : MAX_BYTES.release;
    ok(bytes <= most, `${bytes} bytes, of ${most} at most`);
    ok(loaded.length <= MAX_FILES, `${loaded.length} files, of ${MAX_FILES} at most`);
  });
});

describe('what the engine loads to read a profile', () => {
  it('is nothing that connects', () => {
    const names = modulesOf(loadedByProfile());
    ok(names.includes('src/core/profile/parse.ts'));
    deepStrictEqual(
      names.filter((name) =>
        /^(?:src\/core\/(?:transport|run|probe|session|diagnosis|tap)|node_modules\/ws)\//.test(name),
      ),
      [],
    );
  });
});

describe('what activation loads', () => {
  it('asks for `vscode` once a file, and makes no copy of it', () => {
    for (const part of extensionParts(bundleOutputs(), { late: true })) {
      const asked = readFileSync(join(repositoryRoot, part), 'utf8').match(/.{2}\brequire\("vscode"\)/g) ?? [];
      ok(asked.length <= 1 && asked.every((each) => !each.endsWith('(')), `${part}: ${asked.join(' ')}`);
    }
  });
});
