// Bundles the product: extension host (CommonJS), engine worker and command line (ES modules that share chunks), inspector.
// Usage: node scripts/build.mjs [--release] [--watch]
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context, transform } from 'esbuild';
import { withoutCommandLine } from './extensionParts.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { workerPartsPlugin } from './workerParts.mjs';

const release = process.argv.includes('--release');
const watch = process.argv.includes('--watch');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const common = {
  bundle: true,
  minify: release,
  sourcemap: release ? false : 'linked',
  legalComments: 'none',
  // Node and the pages read UTF-8: an ellipsis need not be six letters. What is started often is written otherwise, below.
  charset: 'utf8',
  logLevel: 'warning',
  metafile: true,
  // ES modules where a package has both: they can be shaken, and `import()` of them has names.
  mainFields: ['module', 'main'],
};

// ws asks for these two at run time and does without them.
const optionalNative = ['bufferutil', 'utf-8-validate'];

// CommonJS packages inside ES module output still call require() for Node's own modules.
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const core = resolve('src/core');
const commandLine = 'dist/cli/wsprobe.mjs';

// What the extension imports from core with `import()` stays out of its bundle: it becomes an entry of the core's bundle,
// shares chunks with the worker and the command line, and is loaded when it is first needed.
const lazyCore = new Map();
const lazyCorePlugin = {
  name: 'lazy-core',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      const file = resolve(resolveDir, path).replace(/\.js$/, '.ts');
      if (kind !== 'dynamic-import' || !file.startsWith(core + sep)) return undefined;
      const name = `core/${relative(core, file).replaceAll(sep, '/').replace(/\.ts$/, '')}`;
      lazyCore.set(name, file);
      return { path: `./${name}.mjs`, external: true };
    });
  },
};

// What every command and every start of the worker needs: each module of it would else be a chunk with those that just the
// same of the lazy parts need, and be read from a file of its own.
const hub = [
  'session/liveSource',
  'profile/resolve',
  'profile/overrides',
  'profile/sharedFiles',
  'text/durations',
  'text/sizes',
].map((name) => `src/core/${name}.ts`);
const commandHub = ['target', 'options', 'render/style', 'render/plainReport', 'render/visible', 'render/negotiated'];
const hubless = [resolve('src/cli/help.ts')];

function hubOf(path) {
  if (path.startsWith('src/cli/connect/') || /^src\/cli\/commands\/(show|attach)\.ts$/.test(path))
    return ['src/cli/commands/connect.ts'];
  return path.startsWith('src/cli/') ? [...hub, ...commandHub.map((name) => `src/cli/${name}.ts`)] : hub;
}

const hubPlugin = {
  name: 'hub',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      const file = resolve(resolveDir, path).replace(/\.js$/, '.ts');
      if (kind !== 'dynamic-import' || hubless.includes(file)) return undefined;
      return { path: relative(root, file).replaceAll(sep, '/'), namespace: 'lazy' };
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: [...hubOf(path).map((file) => `import './${file}';`), `export * from './${path}';`].join('\n'),
      resolveDir: root,
      loader: 'js',
    }));
  },
};

// A chunk that asks for nothing of CommonJS does without a `require` of its own, and without esbuild's helpers that it names
// nothing of.
const barePlugin = {
  name: 'bare',
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      const outputs = Object.entries(metafile?.outputs ?? {}).filter(([path]) => path.endsWith('.mjs'));
      const helpers =
        outputs.find(
          ([, { entryPoint, inputs }]) => entryPoint === undefined && Object.keys(inputs).length === 0,
        )?.[0] ?? '';
      const unused = new RegExp(`import ?"[./a-z]*${basename(helpers)}";`);
      for (const [path, output] of outputs) {
        const text = (await readFile(path, 'utf8')).replace(unused, '');
        // What is told and not written: those helpers, and chunks that turned out empty.
        output.imports = output.imports.filter((each) => each.external || text.includes(basename(each.path)));
        const bare = text.replace(requireBanner, '');
        await writeFile(path, /\brequire\b/.test(bare) ? text : bare);
      }
    });
  },
};

// Packages that one profile in many needs, and then in the middle of work that does not wait: files of their own, read with
// the first call.
const latePackages = new Map([
  ['json-p3', { file: 'jsonPath', names: ['compile', 'query'] }],
  ['@cfworker/json-schema', { file: 'jsonSchema', names: ['dereference', 'Validator'] }],
]);

// An entry that is a package keeps all that it exports.
const namedPlugin = {
  name: 'named',
  setup(build) {
    build.onResolve({ filter: /^named:/ }, ({ path }) => ({ path: path.slice('named:'.length), namespace: 'named' }));
    build.onLoad({ filter: /.*/, namespace: 'named' }, ({ path }) => ({
      contents: `export { ${latePackages.get(path).names.join(', ')} } from '${path}';`,
      resolveDir: root,
    }));
  },
};

const late = {
  ...common,
  entryPoints: Object.fromEntries([...latePackages].map(([name, { file }]) => [file, `named:${name}`])),
  outdir: 'dist/chunks',
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  plugins: [namedPlugin],
};

const latePlugin = {
  name: 'late',
  setup(build) {
    const filter = new RegExp(`^(?:${[...latePackages.keys()].join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'late', sideEffects: false }));
    build.onResolve({ filter: /\.cjs$/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
      const { file, names } = latePackages.get(path);
      const forward = (name) =>
        `export function ${name}(...args) { const it = load().${name}; return new.target ? new it(...args) : it(...args); }`;
      const load = `let loaded; const load = () => (loaded ??= require('./${file}.cjs'));`;
      return { contents: [load, ...names.map(forward)].join('\n'), loader: 'js' };
    });
  },
};

// Of protobufjs the parser is used, and what it makes of names. What reads and writes messages stays out: it makes up code, and
// has integers of its own.
const protobufPlugin = {
  name: 'protobuf',
  setup(build) {
    const unused =
      /^long$|^\.\/(?:util\/)?(?:converter|decoder|encoder|verifier|wrappers|rpc|(?:reader|writer)(?:_buffer)?|eventemitter|fetch|float|longbits)$/;
    build.onResolve({ filter: unused }, ({ importer }) =>
      /[\\/]protobufjs[\\/]src[\\/]/.test(importer) ? { path: 'protobufjs', namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'exports._configure = () => undefined;' }));
  },
};

const mcpPlugin = {
  name: 'mcp',
  setup(build) {
    build.onResolve({ filter: /\/validation\/ajv-provider\.js$/ }, () => ({
      path: resolve('scripts/mcpValidator.mjs'),
    }));
  },
};

/** Each `import * as` would else become a copy of all that `vscode` exports, made by each module anew: half of the loading. */
function withOneVscode(code) {
  const names = [];
  const others = code.replace(/\bimport ?\* ?as ([\w$]+) from ?"vscode";/g, (_, name) => {
    names.push(name);
    return '';
  });
  const [one, ...same] = names;
  // On the first line: the source map is one of lines.
  return one ? `const ${[`${one}=require("vscode")`, ...same.map((name) => `${name}=${one}`)].join()};${others}` : code;
}

// The extension is split as ES modules are, and each part made one that `require` takes: VS Code loads no others everywhere.
const commonJsPlugin = {
  name: 'common-js',
  setup(build) {
    build.onEnd(async ({ metafile }) => {
      for (const path of Object.keys(metafile?.outputs ?? {}).filter((name) => name.endsWith('.js'))) {
        const { code } = await transform(withOneVscode(await readFile(path, 'utf8')), {
          format: 'cjs',
          platform: 'node',
          target: 'node20',
          minify: release,
          legalComments: 'none',
          sourcemap: release ? false : 'inline',
          sourcefile: basename(path),
        });
        const parts = /\bimport\("(\.\/host-[^"]+)"\)/g;
        await writeFile(path, code.replace(parts, 'Promise.resolve().then(() => require("$1"))'));
      }
    });
  },
};

const extension = {
  ...common,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  chunkNames: 'host-[name]-[hash]',
  sourcemap: release ? false : 'inline',
  external: ['vscode'],
  plugins: [lazyCorePlugin, commonJsPlugin],
};

// Who imports a client from `ws` does without its server and its streams; only rooms that serve have the server.
const wsPlugin = {
  name: 'ws',
  setup(build) {
    const client = `export { default as WebSocket } from './lib/websocket.js';`;
    const server = `export { default as WebSocketServer } from './lib/websocket-server.js';`;
    build.onResolve({ filter: /^ws$/ }, ({ importer }) => ({
      path: /[\\/]core[\\/](playground|tap)[\\/]/.test(importer) ? 'server' : 'client',
      namespace: 'ws',
    }));
    build.onLoad({ filter: /.*/, namespace: 'ws' }, ({ path }) => ({
      contents: path === 'server' ? client + server : client,
      resolveDir: join(root, 'node_modules/ws'),
    }));
  },
};

// `vscode` is not external here: a leak of it into the core breaks the build.
const coreBundle = {
  ...common,
  absWorkingDir: root,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  // One letter beyond Latin-1 makes two bytes of each in memory, and a start of the command line is half a compilation of them.
  charset: 'ascii',
  // A look for a package that is never there.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"' },
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  external: optionalNative,
  // mqtt-packet brings the copy of Node's streams that browsers need, and a package that prints what passes.
  alias: {
    'readable-stream': 'node:stream',
    debug: resolve('scripts/noDebug.cjs'),
    'prom-client': resolve('scripts/promClient.cjs'),
  },
  banner: { js: requireBanner },
};

const cli = {
  ...coreBundle,
  entryPoints: { 'cli/wsprobe': 'src/cli/wsprobe.ts' },
  plugins: [hubPlugin, latePlugin, mcpPlugin, protobufPlugin, wsPlugin, barePlugin],
};

const engine = () => {
  const options = {
    ...coreBundle,
    entryPoints: { 'engine/worker': 'src/engine/worker.ts', ...Object.fromEntries(lazyCore) },
    plugins: [latePlugin, protobufPlugin, wsPlugin],
  };
  return { ...options, plugins: [...options.plugins, workerPartsPlugin(options), barePlugin] };
};

// The toolkit's tokens and what it may be asked for are made by calls, and a list of keys is filled by one: whoever bundles has
// to keep what nobody reads. Its styles and templates are
// indented.
const toolkitPlugin = {
  name: 'toolkit',
  setup(build) {
    const load = (filter, change) =>
      build.onLoad({ filter }, async ({ path }) => ({ contents: change(await readFile(path, 'utf8')), loader: 'js' }));
    load(/[\\/]webview-ui-toolkit[\\/]dist[\\/]design-tokens\.js$/, (code) =>
      code.replaceAll(/= create\(/g, '= /* @__PURE__ */ create('),
    );
    // Only where two design systems define the same element is one of them looked for.
    load(/[\\/]fast-foundation[\\/]dist[\\/]esm[\\/]design-system[\\/]component-presentation\.js$/, (code) =>
      code.replace(/import \{ DI, Registration \} from "[^"]+";/, 'const DI = {}, Registration = {};'),
    );
    load(/[\\/]fast-foundation[\\/]dist[\\/]esm[\\/]patterns[\\/]start-end\.js$/, (code) =>
      withoutIndents(code).replaceAll(/= (html `[^`]*`);/g, '= /* @__PURE__ */ (() => $1)();'),
    );
    load(/[\\/](?:webview-ui-toolkit|fast-foundation)[\\/]dist[\\/].*\.(?:styles|template)\.js$/, withoutIndents);
    load(/[\\/]fast-web-utilities[\\/]dist[\\/]key-codes\.js$/, (code) => code.slice(code.indexOf('export const')));
  },
};

function withoutIndents(code) {
  return code.replaceAll(/`[^`]*`/g, (text) => text.replaceAll(/\s+/g, ' '));
}

const inspector = {
  ...common,
  entryPoints: { inspector: 'webview/inspector.tsx', watch: 'webview/watch/watch.tsx' },
  outdir: 'dist/webview',
  // What both pages have lies in one file beside them.
  splitting: true,
  chunkNames: 'shared',
  platform: 'browser',
  target: 'chrome128',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  plugins: [toolkitPlugin],
};

try {
  const first = await Promise.all([build(extension), build(inspector), build(late), build(cli)]);
  const results = [...first, await build(engine())];
  const outputs = Object.assign({}, ...results.map((result) => withoutMade(result.metafile.outputs)));
  if (release) await (await import('./minify.mjs')).minifyAgain(outputs);
  await chmod(commandLine, 0o755);
  await removeStale(Object.keys(outputs));
  await writePackageParts(outputs);
  await mkdir('out', { recursive: true });
  await writeFile('out/meta.json', JSON.stringify(outputs));
  if (watch) await watchAll();
} catch (error) {
  // esbuild has printed its own errors.
  if (error?.errors === undefined) throw error;
  process.exitCode = 1;
}

async function watchAll() {
  const contexts = await Promise.all([extension, inspector, late, cli, engine()].map((options) => context(options)));
  await Promise.all(contexts.map((each) => each.watch()));
  process.stdout.write('Watching. Ctrl+C ends it.\n');
  await new Promise((done) => process.once('SIGINT', done));
  await Promise.all(contexts.map((each) => each.dispose()));
}

// The extension's package holds all but the command line, npm's that alone: the entry and the chunks that it loads.
async function writePackageParts(outputs) {
  await writeFile('dist/THIRD-PARTY-NOTICES.txt', thirdPartyNotices(withoutCommandLine(outputs), root));
  const loaded = loadedBy(commandLine, outputs);
  const notices = 'dist/cli/THIRD-PARTY-NOTICES.txt';
  await writeFile(notices, thirdPartyNotices(loaded, root));
  const files = [...Object.keys(loaded), notices].map((path) => path.slice('dist'.length)).sort();
  // npm reads it where it stands; the one of the repository lets nothing of dist in.
  await writeFile('dist/.npmignore', ['/**', ...files.map((path) => `!${path}`), ''].join('\n'));
}

/** Modules that the plugins above have made are nobody's files. */
function withoutMade(outputs) {
  for (const output of Object.values(outputs)) {
    const files = Object.entries(output.inputs).filter(([file]) => !/^(?:late|lazy|named|part|unused|ws):/.test(file));
    output.inputs = Object.fromEntries(files);
  }
  return outputs;
}

function loadedBy(entry, outputs) {
  const loaded = new Set([entry]);
  for (const path of loaded) {
    for (const { path: imported, external } of outputs[path].imports) {
      if (external !== true) loaded.add(imported);
      else if (imported.endsWith('.cjs')) loaded.add(`dist/chunks/${basename(imported)}`);
    }
  }
  return Object.fromEntries([...loaded].map((path) => [path, outputs[path]]));
}

// What an earlier build left: chunks are named by their content.
async function removeStale(written) {
  const kept = new Set(written.map((path) => resolve(path)));
  const entries = await readdir('dist', { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = resolve(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && /\.(js|mjs|cjs|css|map)$/.test(entry.name) && !kept.has(path)) {
      await rm(join('dist', relative('dist', path)), { force: true });
    }
  }
}
