// The house, written once: which room may import which. `npm run lint:rules` makes the import rules of .oxlintrc.json from it,
// and test/tooling/fences.test.ts breaks each of them to see the lint fail.

/** The last room of core is a file: the table of all that can be started. */
export const JOBS = 'jobs';

/** The rooms of src/core in their order: each imports only rooms that stand before it, types included. */
export const CORE_ROOMS = [
  'base',
  'redaction',
  'text',
  'compare',
  'profile',
  'frames',
  'handshake',
  'close',
  'dialects',
  'payload',
  'tools',
  'language',
  'transport',
  'diagnosis',
  'record',
  'contract',
  'run',
  'steps',
  'probe',
  'session',
  'lab',
  'watch',
  'tap',
  'convert',
  'playground',
  JOBS,
];

/** Core rooms that open sockets, and so import `ws`. */
export const SOCKET_ROOMS = ['transport', 'playground', 'tap'];

const NODE_SOCKETS = ['net', 'tls', 'http', 'https', 'http2', 'dgram'];

/** Core rooms that never enter the extension host or the webview: they hold sockets, or drag them along. */
const WORKER_ROOMS = ['transport', 'run', 'steps', 'probe', 'session', 'lab', 'watch', 'tap', 'playground', JOBS];

const coreFolders = (rooms) => rooms.map((room) => (room === JOBS ? `**/core/${JOBS}.js` : `**/core/${room}/**`));

/** The rooms round the core. `files` are globs; `forbidden` are globs of what they must not import, said by `message`. */
export const OUTER_ROOMS = [
  {
    name: 'protocol',
    files: ['src/protocol/**/*.ts'],
    forbidden: ['**/host/**', '**/engine/**', '**/cli/**', '**/mcp/**', '**/webview/**', 'node:*'],
    message: 'protocol holds message types and the Channel.',
  },
  {
    name: 'engine',
    files: ['src/engine/**/*.ts'],
    forbidden: ['**/host/**', '**/cli/**', '**/mcp/**', '**/webview/**'],
    message: 'engine imports core and protocol.',
  },
  {
    name: 'engine client',
    files: ['src/engine/client.ts'],
    forbidden: ['**/host/**', '**/cli/**', '**/mcp/**', '**/webview/**', ...coreFolders(WORKER_ROOMS)],
    message: 'The client is loaded in the extension host: no sockets there.',
  },
  {
    name: 'cli',
    files: ['src/cli/**/*.ts'],
    forbidden: ['**/host/**', '**/engine/**', '**/protocol/**', '**/webview/**'],
    message: 'cli imports core and mcp.',
  },
  {
    name: 'mcp',
    files: ['src/mcp/**/*.ts'],
    forbidden: ['**/host/**', '**/engine/**', '**/protocol/**', '**/cli/**', '**/webview/**'],
    message: 'mcp imports core.',
  },
  {
    name: 'host',
    files: ['src/host/**/*.ts', 'src/extension.ts'],
    vscode: true,
    paths: NODE_SOCKETS.flatMap((name) => [name, `node:${name}`]),
    forbidden: [
      ...coreFolders([...WORKER_ROOMS, 'frames']),
      '**/engine/worker.js',
      '**/cli/**',
      '**/mcp/**',
      '**/webview/**',
    ],
    message: "host imports engine/client, protocol, core/base and core's pure text functions.",
  },
  {
    name: 'webview',
    files: ['webview/**/*.ts', 'webview/**/*.tsx'],
    forbidden: ['node:*', '**/src/**', '!**/src/protocol/**', '!**/src/core/base/**', '!**/src/core/text/**'],
    message: 'webview imports protocol, core/text and types of core/base; it has no Node.',
  },
  {
    name: 'controls',
    files: ['webview/controls.ts'],
    toolkit: true,
    forbidden: ['node:*', '**/src/**'],
    message: 'controls.ts wraps the toolkit and nothing else.',
  },
];

const WS = {
  group: ['ws/**'],
  message: `ws is imported in ${SOCKET_ROOMS.map((room) => `core/${room}`).join(', ')} only.`,
};
const TOOLKIT = {
  group: ['@vscode/webview-ui-toolkit', '@vscode/webview-ui-toolkit/**'],
  message: 'webview/controls.ts alone imports the toolkit.',
};
const OUTSIDE_CORE = {
  group: ['**/host/**', '**/engine/**', '**/cli/**', '**/mcp/**', '**/protocol/**', '**/webview/**', '**/extension.js'],
  message: 'core imports nothing of ours but itself.',
};

function coreRule(room, index) {
  const later = CORE_ROOMS.slice(index + 1);
  const patterns = [OUTSIDE_CORE, TOOLKIT];
  if (!SOCKET_ROOMS.includes(room)) patterns.push(WS);
  if (later.length > 0) {
    patterns.push({
      group: later.map((name) => (name === JOBS ? `../**/${JOBS}.js` : `../**/${name}/**`)),
      message: `core/${room} imports only rooms that stand before it: the order is in scripts/rooms.mjs.`,
    });
  }
  const paths = SOCKET_ROOMS.includes(room) ? ['vscode'] : ['vscode', 'ws'];
  return {
    files: room === JOBS ? [`src/core/${JOBS}.ts`] : [`src/core/${room}/**/*.ts`],
    rules: restricted(paths, patterns),
  };
}

function outerRule({ files, forbidden, message, vscode = false, toolkit = false, paths = [] }) {
  const names = [...(vscode ? [] : ['vscode']), 'ws', ...paths];
  return { files, rules: restricted(names, [{ group: forbidden, message }, WS, ...(toolkit ? [] : [TOOLKIT])]) };
}

function restricted(paths, patterns) {
  return { 'no-restricted-imports': ['error', { paths, patterns }] };
}

/** No file waits for one that waits for it, types included. */
const NO_CIRCLE = {
  files: ['src/**/*.ts', 'webview/**/*.ts', 'webview/**/*.tsx', 'test/**/*.ts'],
  rules: { 'import/no-cycle': ['error', { ignoreTypes: false }] },
};

const SILENT_CORE = { files: ['src/core/**/*.ts'], rules: { 'no-console': 'error' } };

/** The overrides of .oxlintrc.json that hold the rooms apart, in order: later ones win. */
export function importOverrides() {
  return [NO_CIRCLE, SILENT_CORE, ...CORE_ROOMS.map(coreRule), ...OUTER_ROOMS.map(outerRule)];
}
