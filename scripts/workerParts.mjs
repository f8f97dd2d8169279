// The engine's worker in few files. The command line counts its start in milliseconds, and reads each part of the core from a
// file of its own; the worker starts once a window, and each file of the extension's package is compressed by itself.
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { build as bundle } from 'esbuild';

// Which modules come together, by the path of what `import()` asks for: the first that fits. A part is read when one of its
// modules is first asked for.
const PARTS = [
  ['profile', /^src\/core\/(?:profile|language)\//],
  ['diagnosis', /^src\/core\/diagnosis\//],
  ['protobuf', /^src\/core\/payload\/(?:protobuf\/|kinds\/protobuf)/],
  ['jobs', /^src\/core\/(?:convert|lab|playground|tap|watch)\//],
  // With the packages that dialects read by: what writes messages of these formats holds most of them anyway.
  ['work', /^src\/|\/(?:@msgpack\/msgpack|cbor2|mqtt-packet)\//],
];

// Comes before any other: nothing runs that was not read as a profile. So the rest shares files with it, and few.
const FIRST = 'profile';

/** Makes each `import()` of a module of ours one of its part. `options` are those of the bundle, this plugin left out. */
export function workerPartsPlugin(options) {
  let asked = new Map();
  return {
    name: 'worker-parts',
    setup(build) {
      build.onStart(async () => {
        asked = await dynamicImports(options);
      });
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const imports = asked.get(path);
        return imports && { contents: withParts(await readFile(path, 'utf8'), imports, path), loader: 'ts' };
      });
      build.onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice('part:'.length), namespace: 'part' }));
      build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path: part }) => {
        const files = new Set([...asked.values()].flatMap((imports) => [...imports.values()]));
        const members = [...files].filter((file) => partOf(file) === part);
        const names = members.map((file) => `export * as ${nameOf(file)} from './${file}';`);
        return {
          contents: [...(part === FIRST ? [] : [`import 'part:${FIRST}';`]), ...names].join('\n'),
          resolveDir: options.absWorkingDir,
        };
      });
    },
  };
}

/** By file, what it asks for with `import()`: as it is written there, and the file of ours that is meant. */
async function dynamicImports(options) {
  const { metafile } = await bundle({ ...options, write: false, minify: false, sourcemap: false });
  const found = new Map();
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    const ours = imports.filter((each) => each.kind === 'dynamic-import' && partOf(each.path) !== undefined);
    const files = new Map(ours.map((each) => [each.original, each.path]));
    if (files.size > 0) found.set(resolve(options.absWorkingDir, path), files);
  }
  return found;
}

function withParts(text, imports, path) {
  let changed = text;
  for (const [written, file] of imports) {
    const call = `import('${written}')`;
    if (!changed.includes(call)) throw new Error(`${basename(path)} does not say ${call}`);
    changed = changed.replaceAll(call, `import('part:${partOf(file)}').then((part) => part.${nameOf(file)})`);
  }
  return changed;
}

function partOf(file) {
  return PARTS.find(([, pattern]) => pattern.test(file))?.[0];
}

function nameOf(file) {
  return file
    .replace(/^src\//, '')
    .replace(/\.\w+$/, '')
    .replaceAll(/\W/g, '_');
}
